//! The table is complete, and every code has its words in every packet.

use super::table::TABLE;
use super::*;

#[test]
fn names_are_the_standards() {
    assert_eq!(ReasonCode(0x00).name(), "Success");
    assert_eq!(ReasonCode(0x87).name(), "Not authorized");
    assert_eq!(
        ReasonCode(0xa2).name(),
        "Wildcard Subscriptions not supported"
    );
    assert_eq!(ReasonCode(0x03).name(), "Unknown reason code");
    assert_eq!(ReasonCode(0x8e).to_string(), "0x8E Session taken over");
}

#[test]
fn the_table_lists_the_43_codes_of_the_standard_in_order() {
    assert_eq!(TABLE.len(), 43);
    let listed: Vec<u8> = (0..=255)
        .filter(|code| table::find(ReasonCode(*code)).is_some())
        .collect();
    let expected = [0, 1, 2, 4, 0x10, 0x11, 0x18, 0x19];
    assert_eq!(listed[..8], expected);
    assert_eq!(listed[8..], (0x80..=0xa2).collect::<Vec<u8>>());
}

#[test]
fn every_code_has_words_in_every_packet() {
    for code in (0..=255).map(ReasonCode) {
        assert!(code.meaning().ends_with('.'), "{code}");
        let meanings = [
            code.connack_meaning(),
            code.disconnect_meaning(),
            code.suback_meaning(),
            code.unsuback_meaning(),
            code.publish_meaning(),
        ];
        for meaning in meanings {
            assert!(meaning.what.ends_with('.'), "{code}: {meaning}");
            assert!(!code.is_error() || !meaning.cure.is_empty(), "{code}");
            assert!(
                meaning.cure.is_empty() || meaning.cure.ends_with('.'),
                "{code}"
            );
        }
    }
}

#[test]
fn a_code_says_what_it_means_in_its_packet() {
    assert_eq!(
        ReasonCode(0x8e).disconnect_meaning().to_string(),
        "Another client connected with the same client id. Give each client its own client id."
    );
    assert_eq!(
        ReasonCode(0x87).suback_meaning().to_string(),
        "The broker's access rules do not allow this filter. Try a narrower filter."
    );
    assert_eq!(
        ReasonCode::SUCCESS.connack_meaning().to_string(),
        "Connected."
    );
    assert!(
        ReasonCode(0x84)
            .connack_meaning()
            .cure
            .contains("Choose MQTT 3.1.1 in the profile")
    );
}

#[test]
fn return_codes_of_3_1_1_become_reason_codes() {
    let mapped =
        [0, 1, 2, 3, 4, 5, 6, 0x87].map(|code| ReasonCode::from_connect_return_code(code).0);
    assert_eq!(mapped, [0x00, 0x84, 0x85, 0x88, 0x86, 0x87, 0x80, 0x87]);
}
