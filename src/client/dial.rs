//! Opens the socket: name resolution, TCP with a time limit and TCP_NODELAY, errors in plain words.
