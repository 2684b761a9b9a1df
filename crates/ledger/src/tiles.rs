//! Where hashes come from, and C2SP tlog-tiles made of them: height 8, derived, never the truth.

use std::{cell::RefCell, ops::Range};

use tlog_tiles::{Error, HashReader, Tile as Coordinates, split_stored_hash_index, sub_tree_index};

use crate::{
    fault::{Fault, What},
    tree::{Frontier, Hash, MAX_SIZE, node_hash},
};

/// The height of a tile: 2^8 hashes in each.
const HEIGHT: u8 = 8;

/// What keeps the hashes of a ledger.
pub trait Source {
    /// Why it could not answer.
    type Error: From<Fault>;

    /// The hashes in a range of one level, in order: at level 0 the leaves by their seq, above it the hashes of the
    /// [`Node`](crate::Node)s by their index. A range never crosses a border of 256.
    fn hashes(&mut self, level: u8, range: Range<u64>) -> Result<Vec<Hash>, Self::Error>;
}

/// A tile of the tree as C2SP publishes it: up to 256 neighbouring hashes of one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Its level: 0 holds leaves, each higher one the tops of the tiles below.
    pub level: u8,
    /// Its place in the level.
    pub index: u64,
    /// How many hashes it holds: 256 when full.
    pub width: u16,
}

impl Tile {
    /// Its path in a tree of files: `tile/0/x001/234`, a partial one `tile/0/x001/234.p/12`.
    pub fn path(&self) -> String {
        let path = Coordinates::new(HEIGHT, self.level, self.index, self.width.into(), false).path();
        path.replacen("tile/8/", "tile/", 1)
    }

    /// Its content: the hashes one after the other.
    pub fn bytes<S: Source>(&self, source: &mut S) -> Result<Vec<u8>, S::Error> {
        let first = self.index << HEIGHT;
        let hashes = read(source, self.level, first..first + u64::from(self.width))?;
        Ok(hashes.iter().flat_map(|hash| hash.0).collect())
    }
}

/// The tiles that are new or have grown when a tree grows; partial ones last in their level.
pub fn tiles_between(old_size: u64, new_size: u64) -> Vec<Tile> {
    let tiles = Coordinates::new_tiles(HEIGHT, old_size, new_size.min(MAX_SIZE));
    let ours = |tile: Coordinates| Tile {
        level: tile.level(),
        index: tile.level_index(),
        width: u16::try_from(tile.width()).expect("a tile holds at most 256 hashes"),
    };
    tiles.into_iter().map(ours).collect()
}

/// The right edge at an earlier size, for its root or to resume an audit there.
pub fn frontier_at<S: Source>(size: u64, source: &mut S) -> Result<Frontier, S::Error> {
    if size > MAX_SIZE {
        return Err(Fault::from(What::OutOfRange { size }).into());
    }
    let tops = sub_tree_index(0, size, Vec::new()).into_iter().map(|index| node(source, index));
    let tops = tops.collect::<Result<_, _>>()?;
    Ok(Frontier::from_tops(size, tops)?)
}

/// Lets tlog_tiles read from a source, which may change as it is read and has errors of its own.
pub(crate) struct Reader<'a, S: Source> {
    source: RefCell<&'a mut S>,
    error: RefCell<Option<S::Error>>,
}

impl<'a, S: Source> Reader<'a, S> {
    pub(crate) fn new(source: &'a mut S) -> Self {
        Self { source: RefCell::new(source), error: RefCell::new(None) }
    }

    /// The source's own error, where there was one.
    pub(crate) fn explain(self, size: u64) -> S::Error {
        self.error.into_inner().unwrap_or_else(|| Fault::from(What::OutOfRange { size }).into())
    }
}

impl<S: Source> HashReader for Reader<'_, S> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, Error> {
        let mut source = self.source.borrow_mut();
        let hashes: Result<_, _> = indexes.iter().map(|&at| Ok(tlog_tiles::Hash(node(*source, at)?.0))).collect();
        hashes.map_err(|error| {
            *self.error.borrow_mut() = Some(error);
            Error::IndexesNotInTree
        })
    }
}

/// One node of the tree by tlog_tiles' numbering: the hashes of the tile row below it, folded.
fn node<S: Source>(source: &mut S, at: u64) -> Result<Hash, S::Error> {
    let (height, index) = split_stored_hash_index(at);
    let above = height % HEIGHT;
    let mut row = read(source, height / HEIGHT, index << above..(index + 1) << above)?;
    while row.len() > 1 {
        row = row.chunks_exact(2).map(|pair| node_hash(pair[0], pair[1])).collect();
    }
    Ok(row[0])
}

/// Reads a range and insists on all of it.
fn read<S: Source>(source: &mut S, level: u8, range: Range<u64>) -> Result<Vec<Hash>, S::Error> {
    let (first, wanted) = (range.start, range.end - range.start);
    let hashes = source.hashes(level, range)?;
    if hashes.len() as u64 == wanted {
        Ok(hashes)
    } else {
        Err(Fault::from(What::HashesMissing { level, first }).into())
    }
}
