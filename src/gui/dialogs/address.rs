//! Where the broker may be reached from, as text that a person edits.

use std::net::{IpAddr, Ipv4Addr};

/// Who can reach the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Programs on this machine.
    Machine,
    /// Everybody who can reach this machine.
    Network,
}

impl Reach {
    /// What an address amounts to.
    pub fn of(address: IpAddr) -> Self {
        if address.is_loopback() {
            Self::Machine
        } else {
            Self::Network
        }
    }
}

/// The address to listen on, or what is wrong with `typed`.
pub fn listen_address(reach: Reach, typed: &str) -> Result<IpAddr, &'static str> {
    match reach {
        Reach::Machine => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        Reach::Network => match typed.trim().parse::<IpAddr>() {
            Ok(address) if address.is_loopback() => Err(
                "This address is only reached from this machine. Choose “This machine only”, or 0.0.0.0.",
            ),
            Ok(address) => Ok(address),
            Err(_) => Err(
                "Give an address of this machine, such as 192.168.1.20, or 0.0.0.0 for all of them.",
            ),
        },
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn addresses_are_checked_before_they_are_kept() {
        assert_eq!(
            listen_address(Reach::Machine, "nonsense"),
            Ok(IpAddr::from([127, 0, 0, 1]))
        );
        assert_eq!(
            listen_address(Reach::Network, " 0.0.0.0 "),
            Ok(IpAddr::from([0, 0, 0, 0]))
        );
        assert_eq!(
            listen_address(Reach::Network, "::"),
            Ok(IpAddr::from([0_u16; 8]))
        );
        assert!(listen_address(Reach::Network, "127.0.0.1").is_err());
        assert!(listen_address(Reach::Network, "example.org").is_err());
        assert_eq!(Reach::of(IpAddr::from([0, 0, 0, 0])), Reach::Network);
        assert_eq!(Reach::of(IpAddr::from([127, 0, 0, 2])), Reach::Machine);
    }
}
