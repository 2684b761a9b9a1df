//! `sekimori init`: the data folder, the signing key, the tables and the first grades.

use register::change::Side;
use register::permit::{Action, Subject};

use crate::folder::{Folder, Holds};
use crate::house::{self, House, Kind};
use crate::say;
use crate::trouble::{Outcome, Trouble};

/// Makes a house in earnest and says how to go on.
pub(crate) fn run(folder: &Folder) -> Outcome {
    make(folder)?;
    let path = folder.path().display();
    say::both(
        format!("「sekimori --data {path} serve」で起動してください。"),
        format!("Start with \"sekimori --data {path} serve\"."),
    );
    Ok(())
}

/// Makes a house in earnest, or finishes one whose making was broken off.
pub(crate) fn make(folder: &Folder) -> Outcome {
    if folder.holds() == Holds::Demo {
        return Err(house::only_demo(folder));
    }
    let house = House::begin(folder)?;
    for kind in [Kind::Real, Kind::Demo] {
        if house::is_finished(&house.store, kind)? {
            return Err(if kind == Kind::Real { there_already(folder) } else { house::only_demo(folder) });
        }
    }
    first_grades(&house, vec![house::finished(Kind::Real)])?;
    house.close();
    let (path, key, root) = (folder.path().display(), folder.key(), folder.root_key());
    let (key, root) = (key.display(), root.display());
    say::both(
        format!(
            "データフォルダ {path} を用意しました。署名鍵 {key} と根の鍵 {root} は、データともバックアップとも別の場所にも保管してください。根の鍵を失うと、封をした内容は誰にも読めなくなります。"
        ),
        format!(
            "The data folder {path} is ready. Keep copies of the signing key {key} and of the root key {root} away from the data and from backups: without the root key nobody can read what is sealed."
        ),
    );
    Ok(())
}

/// The scales that a house begins with.
pub(crate) fn first_grades(house: &House, side: Vec<Side>) -> Outcome {
    let permit = house::console(&house.store, Action::Create, &Subject::register("grade"))?;
    house.change(permit, areas::assets::first_grades(&house.store), side)
}

fn there_already(folder: &Folder) -> Trouble {
    let path = folder.path().display();
    Trouble::new(
        format!(
            "データフォルダ {path} は初期化済みです。何も変えていません。「sekimori --data {path} serve」で起動してください。"
        ),
        format!(
            "The data folder {path} is initialised already; nothing was changed. Start with \"sekimori --data {path} serve\"."
        ),
    )
}
