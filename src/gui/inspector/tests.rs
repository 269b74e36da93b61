//! The inspector by accessible label, and pictures of it.
