use super::*;

fn read(text: &str) -> Vec<Section> {
    crate::read(text).unwrap().sections
}

fn ids(sections: &[Section]) -> Vec<String> {
    flatten(sections).iter().map(|flat| flat.section.id.clone()).collect()
}
