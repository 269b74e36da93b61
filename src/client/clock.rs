//! The one place that asks the system for the time.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::mqtt::Timestamp;

/// The time now.
pub fn now() -> Timestamp {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}
