//! What entries say of an account, beside that somebody signed in.

use crate::say::{Text, text};

/// Somebody whose role needs a second factor signed in without one.
pub(crate) const FACTOR_WANTED: &str = "factor_wanted";
/// A second factor was registered.
pub(crate) const FACTOR_ADDED: &str = "factor_added";
/// A second factor was taken away by its owner.
pub(crate) const FACTOR_REMOVED: &str = "factor_removed";
/// New recovery codes were made.
pub(crate) const CODES_MADE: &str = "recovery_codes_made";
/// A recovery code was used.
pub(crate) const CODE_USED: &str = "recovery_code_used";
/// The account for emergencies signed in.
pub(crate) const EMERGENCY: &str = "emergency_sign_in";
/// An administrator has seen what pages told of the account.
pub(crate) const ALARM_SEEN: &str = "alarm_seen";
/// An administrator began a recovery.
pub(crate) const RECOVERY_STARTED: &str = "recovery_started";
/// Another confirmed it, and was shown the code.
pub(crate) const RECOVERY_CONFIRMED: &str = "recovery_confirmed";
/// It was taken back.
pub(crate) const RECOVERY_WITHDRAWN: &str = "recovery_withdrawn";
/// The account has a new password by its code.
pub(crate) const RECOVERED: &str = "recovered";
/// An administrator ended all sessions.
pub(crate) const SESSIONS_ENDED: &str = "sessions_ended";
/// An administrator took the second factors away.
pub(crate) const FACTORS_RESET: &str = "factors_reset";

const LABELS: &[(&str, Text)] = &[
    (register::change::STEP_UP, text("本人であることを再確認", "Proved again who they are")),
    (FACTOR_WANTED, text("二要素認証が未登録のままサインイン", "Signed in without the second factor of the role")),
    (FACTOR_ADDED, text("二要素認証を登録", "Registered a second factor")),
    (FACTOR_REMOVED, text("二要素認証を解除", "Removed a second factor")),
    (CODES_MADE, text("回復コードを発行", "Made recovery codes")),
    (CODE_USED, text("回復コードを使用", "Used a recovery code")),
    (EMERGENCY, text("緊急用アカウントでサインイン", "The account for emergencies signed in")),
    (ALARM_SEEN, text("管理者がお知らせを確認", "An administrator has seen the alarm")),
    (RECOVERY_STARTED, text("復旧を開始", "Began a recovery")),
    (RECOVERY_CONFIRMED, text("別の管理者が復旧を確認", "Another administrator confirmed the recovery")),
    (RECOVERY_WITHDRAWN, text("復旧を取消し", "Took the recovery back")),
    (RECOVERED, text("復旧用コードでパスワードを設定", "Set a password by a recovery")),
    (SESSIONS_ENDED, text("管理者がすべての端末をサインアウト", "An administrator signed out all devices")),
    (FACTORS_RESET, text("管理者が二要素認証を解除", "An administrator removed the second factors")),
];

/// What people read for it.
pub(crate) fn label(what: &str) -> Option<Text> {
    LABELS.iter().find(|(name, _)| *name == what).map(|(_, label)| *label)
}
