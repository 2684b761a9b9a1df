use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ledger::{Fault, Frontier, Hash, MAX_SIZE, What, frontier_at, leaf_hash, tiles_between};
use sha2::Sha256;
use tlog_tiles::{Error, HashReader, stored_hashes, tree_hash};

use crate::house::{Memory, leaf};

#[test]
fn roots_are_those_of_the_published_certificate_transparency_vectors() {
    let leaves: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut edge = Frontier::new();
    assert_eq!(edge.root().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (entry, root) in leaves.iter().zip(roots) {
        edge.push(leaf_hash(entry));
        assert_eq!(edge.root().hex(), root);
    }
}

/// All hashes of a tree, by tlog_tiles' numbering.
#[derive(Default)]
struct Flat(Vec<tlog_tiles::Hash>);

impl HashReader for Flat {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, Error> {
        Ok(indexes.iter().map(|&at| self.0[usize::try_from(at).unwrap()]).collect())
    }
}

#[test]
fn two_other_implementations_agree_on_the_root_of_every_size() {
    let (mut edge, mut flat) = (Frontier::new(), Flat::default());
    let mut theirs = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    for seq in 0..1200_u64 {
        edge.push(leaf(seq));
        theirs.push(seq.to_be_bytes());
        let grown = stored_hashes(seq, &seq.to_be_bytes(), &flat).unwrap();
        flat.0.extend(grown);
        assert_eq!(edge.size(), seq + 1);
        assert_eq!(edge.root().0, tree_hash(seq + 1, &flat).unwrap().0);
        assert_eq!(edge.root().0.as_slice(), theirs.root().as_bytes().as_slice());
    }
}

#[test]
fn an_edge_is_stored_and_read_back_at_every_size() {
    let mut edge = Frontier::new();
    for seq in 0..600 {
        let bytes = edge.to_bytes();
        assert_eq!(Frontier::from_bytes(&bytes).as_ref(), Ok(&edge));
        assert_eq!(bytes.len(), 8 + 32 * edge.size().count_ones() as usize);
        edge.push(leaf(seq));
    }
}

#[test]
fn an_edge_with_too_many_or_too_few_hashes_is_refused() {
    let bytes = Memory::of(5).edge.to_bytes();
    let ragged = [bytes.as_slice(), &[0]].concat();
    let longer = [bytes.as_slice(), &[0; 32]].concat();
    let beyond = [(MAX_SIZE * 2).to_be_bytes().as_slice(), &[0; 32]].concat();
    for bad in [&bytes[..bytes.len() - 1], &bytes[..40], &bytes[..7], &ragged, &longer, &beyond] {
        assert_eq!(Frontier::from_bytes(bad), Err(Fault::from(What::FrontierMalformed)));
    }
}

#[test]
fn the_edge_of_every_earlier_size_follows_from_the_stored_nodes() {
    let mut memory = Memory::of(70_000);
    let mut edge = Frontier::new();
    for size in 0..=70_000 {
        if size % 127 == 0 || size % 256 < 2 {
            assert_eq!(frontier_at(size, &mut memory), Ok(edge.clone()), "size {size}");
        }
        edge.push(leaf(size));
    }
    assert_eq!(frontier_at(u64::MAX, &mut memory).unwrap_err().what, What::OutOfRange { size: u64::MAX });
    assert_eq!(frontier_at(70_001, &mut memory).unwrap_err().what, What::HashesMissing { level: 0, first: 70_000 });
}

#[test]
fn a_full_tile_of_leaves_has_the_node_above_it_as_its_root() {
    let mut memory = Memory::of(600);
    let tiles = tiles_between(0, 600);
    let paths: Vec<_> = tiles.iter().map(ledger::Tile::path).collect();
    assert_eq!(paths, ["tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"]);
    for (place, full) in tiles[..2].iter().enumerate() {
        let bytes = full.bytes(&mut memory).unwrap();
        let mut tile = Frontier::new();
        bytes.as_chunks().0.iter().for_each(|&hash| drop(tile.push(Hash(hash))));
        assert_eq!((tile.size(), tile.root()), (256, memory.levels[1][place]));
    }
    assert_eq!(tiles[3].bytes(&mut memory).unwrap().len(), 64);
}

#[test]
fn growing_makes_only_the_tiles_that_changed() {
    let paths = |old, new| tiles_between(old, new).iter().map(ledger::Tile::path).collect::<Vec<_>>();
    assert_eq!(paths(600, 601), ["tile/0/002.p/89"]);
    assert_eq!(paths(767, 768), ["tile/0/002", "tile/1/000.p/3"]);
    assert_eq!(paths(1_234_067 * 256 + 1, 1_234_067 * 256 + 2), ["tile/0/x001/x234/067.p/2"]);
    assert!(paths(600, 600).is_empty());
    assert!(paths(MAX_SIZE, u64::MAX).is_empty(), "no ledger grows beyond the largest size");
}
