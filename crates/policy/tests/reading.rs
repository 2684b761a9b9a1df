//! Whole documents, one for each way of numbering, as an official would want them read.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::Path;

/// The reading of a fixture as it is stored and sent.
fn reading(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::to_string_pretty(&policy::read(&text).unwrap()).unwrap()
}

#[test]
fn headings_that_change_their_depth_and_lose_their_sign_stay_one_row_of_sections() {
    insta::assert_snapshot!("mixed", reading("mixed.md"));
}

#[test]
fn articles_keep_their_headings_paragraphs_items_and_supplementary_provisions() {
    insta::assert_snapshot!("articles", reading("articles.md"));
}

#[test]
fn circled_numbers_and_full_width_punctuation_are_read() {
    insta::assert_snapshot!("circled", reading("circled.md"));
}

#[test]
fn numbers_of_several_parts_are_nested_by_themselves() {
    insta::assert_snapshot!("paths", reading("paths.md"));
}

#[test]
fn bracketed_bullets_under_a_preamble_are_the_document() {
    insta::assert_snapshot!("brackets", reading("brackets.md"));
}

#[test]
fn text_from_paper_is_closed_up_and_joined_and_page_furniture_is_set_aside() {
    insta::assert_snapshot!("paper", reading("paper.md"));
}

#[test]
fn articles_run_on_through_chapters_and_lists_may_be_in_iroha_order() {
    insta::assert_snapshot!("chapters", reading("chapters.md"));
}

#[test]
fn whatever_does_not_run_on_is_read_and_said() {
    insta::assert_snapshot!("broken", reading("broken.md"));
}

#[test]
fn markdown_lists_and_nested_headings_are_items() {
    insta::assert_snapshot!("nested", reading("nested.md"));
}
