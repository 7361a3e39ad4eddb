//! Each document by its content, whole and broken.
