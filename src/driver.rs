//! The loop between an engine, a store and a board.
