//! The session behind rumqttc: the only place where the two protocol versions differ.
