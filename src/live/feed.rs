//! The thread that turns captured packets into model updates, at most 256 messages per lock.
