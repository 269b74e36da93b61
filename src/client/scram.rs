//! SCRAM-SHA-256 (RFC 5802, RFC 7677) over MQTT 5's extended authentication: the password is proved on both sides and
//! never sent. rumqttc carries the messages; what they say is worked out here.

use std::fmt;
use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;
use rand::distr::Alphanumeric;
use ring::digest::{SHA256, digest};
use ring::{hmac, pbkdf2};
use rumqttc::mqttbytes::v5::AuthProperties;
use rumqttc::{AuthAction, AuthContext, AuthError, Authenticator};

/// No honest broker asks for more rounds; they would only keep the processor busy.
const MOST_ROUNDS: u32 = 1_000_000;
/// What the client says about channel binding: it supports none.
const HEADER: &str = "n,,";

/// The client's side of one exchange after the other.
pub(super) struct Scram {
    user_name: String,
    password: String,
    nonce: String,
    expected: Expected,
}

/// What the broker still has to prove.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    /// Everything.
    Challenge,
    /// This signature.
    Signature(String),
    /// Nothing.
    Proved,
}

impl fmt::Debug for Scram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scram").finish_non_exhaustive()
    }
}

impl Scram {
    /// The name of the method in CONNECT and AUTH.
    pub(super) const METHOD: &str = "SCRAM-SHA-256";

    pub(super) fn new(user_name: &str, password: &str) -> Self {
        Self {
            user_name: user_name.replace('=', "=3D").replace(',', "=2C"),
            password: password.to_owned(),
            nonce: String::new(),
            expected: Expected::Challenge,
        }
    }

    fn first(&mut self, nonce: String) -> String {
        self.nonce = nonce;
        self.expected = Expected::Challenge;
        format!("{HEADER}{}", self.first_bare())
    }

    fn first_bare(&self) -> String {
        format!("n={},r={}", self.user_name, self.nonce)
    }

    /// The answer to the broker's challenge.
    fn answer(&mut self, challenge: &str) -> Result<String, String> {
        let Challenge {
            nonce,
            salt,
            rounds,
        } = Challenge::read(challenge, &self.nonce)?;
        let salted = salted(&self.password, &salt, rounds);
        let client_key = sign(&salted, b"Client Key");
        let stored_key = digest(&SHA256, &client_key);
        let without_proof = format!("c={},r={nonce}", STANDARD.encode(HEADER));
        let text = format!("{},{challenge},{without_proof}", self.first_bare());
        let signature = sign(stored_key.as_ref(), text.as_bytes());
        let proof: Vec<u8> = client_key
            .iter()
            .zip(&signature)
            .map(|(key, signed)| key ^ signed)
            .collect();
        let server_key = sign(&salted, b"Server Key");
        let expected = sign(&server_key, text.as_bytes());
        self.expected = Expected::Signature(STANDARD.encode(expected));
        Ok(format!("{without_proof},p={}", STANDARD.encode(proof)))
    }

    /// Checks the broker's last message, which comes with CONNACK (MQTT 5, 4.12): it shows that the broker knows the
    /// password, too.
    ///
    /// # Errors
    /// What is wrong, as a sentence.
    pub(super) fn check(&mut self, last: Option<&[u8]>) -> Result<(), String> {
        let Expected::Signature(expected) = &self.expected else {
            return match self.expected {
                Expected::Proved => Ok(()),
                _ => Err("the broker let us in without asking for a proof".to_owned()),
            };
        };
        let last = last.map(String::from_utf8_lossy).unwrap_or_default();
        let signature = last.split(',').find_map(|part| part.strip_prefix("v="));
        if signature != Some(expected.as_str()) {
            return Err("the broker did not prove that it knows the password".to_owned());
        }
        self.expected = Expected::Proved;
        Ok(())
    }

    fn step(&mut self, incoming: &str) -> Result<String, String> {
        match self.expected {
            Expected::Challenge => self.answer(incoming),
            // some brokers send their proof in a message of its own
            Expected::Signature(_) => self
                .check(Some(incoming.as_bytes()))
                .map(|()| String::new()),
            Expected::Proved => Err("the broker asks for more than SCRAM has".to_owned()),
        }
    }
}

/// The broker's first message.
struct Challenge {
    nonce: String,
    salt: Vec<u8>,
    rounds: NonZeroU32,
}

impl Challenge {
    fn read(text: &str, own_nonce: &str) -> Result<Self, String> {
        let part = |key: &str| text.split(',').find_map(|part| part.strip_prefix(key));
        if let Some(words) = part("e=") {
            return Err(format!("the broker refused: {words}"));
        }
        let unreadable = || "the broker's challenge cannot be read".to_owned();
        let nonce = part("r=").ok_or_else(unreadable)?;
        if !nonce.starts_with(own_nonce) || nonce.len() == own_nonce.len() {
            return Err("the broker's challenge belongs to another exchange".to_owned());
        }
        let salt = part("s=").and_then(|salt| STANDARD.decode(salt).ok());
        let rounds: Option<NonZeroU32> = part("i=").and_then(|rounds| rounds.parse().ok());
        let rounds = rounds.ok_or_else(unreadable)?;
        if rounds.get() > MOST_ROUNDS {
            return Err(format!(
                "the broker asks for {rounds} rounds, which are too many"
            ));
        }
        Ok(Self {
            nonce: nonce.to_owned(),
            salt: salt.ok_or_else(unreadable)?,
            rounds,
        })
    }
}

fn salted(password: &str, salt: &[u8], rounds: NonZeroU32) -> [u8; 32] {
    let mut salted = [0; 32];
    let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
    pbkdf2::derive(algorithm, rounds, salt, password.as_bytes(), &mut salted);
    salted
}

fn sign(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text).as_ref().to_vec()
}

fn message(data: String) -> AuthProperties {
    AuthProperties {
        method: Some(Scram::METHOD.to_owned()),
        data: Some(data.into()),
        reason: None,
        user_properties: Vec::new(),
    }
}

impl Authenticator for Scram {
    fn start(&mut self, _context: AuthContext<'_>) -> Result<Option<AuthProperties>, AuthError> {
        let nonce = rand::rng().sample_iter(Alphanumeric).take(32);
        let first = self.first(nonce.map(char::from).collect());
        Ok(Some(message(first)))
    }

    fn continue_auth(
        &mut self,
        _context: AuthContext<'_>,
        incoming: Option<AuthProperties>,
    ) -> Result<AuthAction, AuthError> {
        let data = incoming
            .and_then(|incoming| incoming.data)
            .unwrap_or_default();
        let answer = self.step(&String::from_utf8_lossy(&data))?;
        Ok(AuthAction::Send(message(answer)))
    }

    fn success(
        &mut self,
        _context: AuthContext<'_>,
        incoming: Option<AuthProperties>,
    ) -> Result<(), AuthError> {
        let data = incoming.and_then(|incoming| incoming.data);
        Ok(self.check(data.as_deref())?)
    }

    fn failure(&mut self, _context: AuthContext<'_>, _error: AuthError) {
        self.expected = Expected::Challenge;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    /// The example of RFC 7677, 3.
    fn example() -> (Scram, String) {
        let mut scram = Scram::new("user", "pencil");
        let first = scram.first("rOprNGfwEbeRWgbNEkqO".to_owned());
        (scram, first)
    }

    #[test]
    fn the_example_of_the_standard_comes_out() {
        let (mut scram, first) = example();
        assert_eq!(first, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        assert_eq!(
            scram.step(CHALLENGE).unwrap(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
             p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        let last = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
        assert_eq!(scram.check(Some(last)), Ok(()));
        assert_eq!(scram.check(None), Ok(()));
    }

    #[test]
    fn a_broker_that_does_not_know_the_password_is_not_believed() {
        let (mut scram, _) = example();
        scram.step(CHALLENGE).unwrap();
        assert!(scram.check(None).is_err());
        assert!(scram.check(Some(b"v=AAAA")).is_err());
        let (mut early, _) = example();
        assert!(early.check(Some(b"v=AAAA")).is_err());
    }

    #[test]
    fn strange_challenges_are_refused() {
        for challenge in [
            "",
            "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "r=rOprNGfwEbeRWgbNEkqOx,s=!,i=4096",
            "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0",
            "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4000000000",
            "e=unknown-user",
        ] {
            assert!(example().0.step(challenge).is_err(), "{challenge}");
        }
    }

    #[test]
    fn names_are_escaped_and_passwords_never_printed() {
        let mut scram = Scram::new("a,b=c", "pencil");
        assert_eq!(scram.first("x".to_owned()), "n,,n=a=2Cb=3Dc,r=x");
        assert!(!format!("{scram:?}").contains("pencil"));
    }
}
