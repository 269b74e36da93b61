//! Canopy: a desktop MQTT explorer with a broker inside.
//!
//! Data flows one way. Bytes come in at [`client`], become packets in [`mqtt`], are kept by [`model`], and are
//! looked at by [`gui`] and [`cli`]. What the user wants goes back as a [`client::Command`].
//!
//! | module | what it is |
//! |---|---|
//! | [`mqtt`] | the protocol's words: topics, filters, QoS, packets, reason codes |
//! | [`payload`] | bytes → something to read, and what a person types → bytes |
//! | [`model`] | what has been seen: topic tree, history, retained state, rates, search |
//! | [`profile`] | what is kept on disk: profiles, settings, saved publishes; secrets in the OS keyring |
//! | [`client`] | one live connection: dial, tap, session, reconnect |
//! | [`live`] | a connection and its model, joined by one thread |
//! | [`broker`] | the broker inside, its clients, the demo devices |
//! | [`cli`] | the subcommands without a window |
//! | [`gui`] | the window |
//! | [`bench`] | how fast all of it is, beside other programs |

pub mod bench;
pub mod broker;
pub mod cli;
pub mod client;
pub mod gui;
pub mod live;
pub mod model;
pub mod mqtt;
pub mod payload;
pub mod profile;
