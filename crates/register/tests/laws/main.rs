//! The laws of the registers, tried on their public face only. What is tampered with goes around the application.

#![cfg(test)]

mod audit;
mod common;
mod copies;
mod decisions;
mod epochs;
mod erasing;
mod exchange;
mod fields;
mod follow;
mod imports;
mod judge;
mod limits;
mod lists;
mod nodes;
mod own;
mod permits;
mod records;
mod sealing;
mod search;
mod workbook;
mod writer;
