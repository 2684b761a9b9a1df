//! What somebody has begun and not ended yet, such as the secret of an authenticator app until its first code is right. It
//! lives in memory, for a while and within bounds: whoever comes too late begins again.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::Hash;
use std::sync::Mutex;

/// How long something may take, in ms.
const LONGEST: i64 = 15 * 60 * 1000;
/// How much may be under way; the oldest go first.
const MOST: usize = 10_000;

/// Things under way, each under a key.
pub(crate) struct Begun<K, T>(Mutex<HashMap<K, (T, i64)>>);

impl<K, T> Default for Begun<K, T> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash + Copy, T: Clone> Begun<K, T> {
    /// What is under way, or what is begun now (ms).
    pub(crate) fn begun(&self, key: K, now: i64, begin: impl FnOnce() -> T) -> T {
        match self.try_begun(key, now, || Ok::<T, Infallible>(begin())) {
            Ok(begun) => begun,
            Err(never) => match never {},
        }
    }

    /// The same, where it may fail to begin.
    pub(crate) fn try_begun<E>(&self, key: K, now: i64, begin: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let mut all = self.0.lock().expect("nobody panics while holding it");
        all.retain(|_, (_, since)| (0..LONGEST).contains(&(now - *since)));
        if let Some((begun, _)) = all.get(&key) {
            return Ok(begun.clone());
        }
        let begun = begin()?;
        if all.len() >= MOST
            && let Some(oldest) = all.iter().min_by_key(|(_, (_, since))| *since).map(|(key, _)| *key)
        {
            all.remove(&oldest);
        }
        all.insert(key, (begun.clone(), now));
        Ok(begun)
    }

    /// Ends it, and gives what was under way: it can be answered once.
    pub(crate) fn taken(&self, key: &K, now: i64) -> Option<T> {
        let mut all = self.0.lock().expect("nobody panics while holding it");
        let (begun, since) = all.remove(key)?;
        (0..LONGEST).contains(&(now - since)).then_some(begun)
    }

    /// Ends it.
    pub(crate) fn end(&self, key: &K) {
        self.0.lock().expect("nobody panics while holding it").remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_begun_is_the_same_until_it_ends_or_is_too_old() {
        let all = Begun::<u32, u32>::default();
        assert_eq!(all.begun(1, 0, || 10), 10);
        assert_eq!(all.begun(1, LONGEST - 1, || 11), 10);
        assert_eq!(all.begun(1, LONGEST, || 12), 12);
        all.end(&1);
        assert_eq!(all.begun(1, LONGEST, || 13), 13);
        assert_eq!((all.taken(&1, LONGEST), all.taken(&1, LONGEST)), (Some(13), None));
        assert_eq!(all.begun(1, 0, || 14), 14, "a clock that was set back keeps nothing alive");
    }

    #[test]
    fn only_so_much_is_under_way() {
        let all = Begun::<usize, usize>::default();
        for key in 0..2 * MOST {
            all.begun(key, key as i64, || key);
        }
        assert!(all.0.lock().unwrap().len() <= MOST);
    }
}
