//! What holds for every part.
