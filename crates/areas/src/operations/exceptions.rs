//! Exceptions from the policy (例外措置): applied for with what is done instead, permitted for a time, over at its end.

use base::date::Date;
use register::built_in::{OFFICE, SIGNED_IN};
use register::describe::{Register, Topic};
use register::lifecycle::{Lifecycle, State, Transition};
use register::permit::{Action, Grant, Reach, Role};
use register::{Link, Record, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::documents::Clause;
use crate::organisation::{Person, Unit};

/// 例外措置の申請
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Exception {
    /// 件名
    #[schemars(length(max = 120), extend("x-en" = "Subject"))]
    pub name: String,
    /// 条項
    /// 守ることができない条項です。
    pub clause: Link<Clause>,
    /// 申請者
    #[schemars(extend("x-en" = "Applied for by"))]
    pub applicant: Link<Person>,
    /// 所属
    #[schemars(extend("x-en" = "Unit"))]
    pub unit: Link<Unit>,
    /// 守ることができない理由
    #[schemars(length(max = 2000), extend("x-long" = true, "x-en" = "Why it can't be followed"))]
    pub reason: String,
    /// 代わりに行う対策
    #[schemars(length(max = 2000), extend("x-long" = true, "x-en" = "What is done instead"))]
    pub instead: String,
    /// 始期
    #[schemars(extend("x-en" = "From"))]
    pub from: Date,
    /// 終期
    /// 1年以内です。この日の翌日に、例外措置は自動的に期限切れになります。
    #[schemars(extend("x-en" = "Until"))]
    pub until: Date,
}

/// Longest time of an exception, in months.
const LONGEST: i32 = 12;
const OPEN: &[&str] = &["applied", "sent_back"];

/// From the application to the decision of the chief officer. Once permitted, it lapses by itself.
pub const EXCEPTION: Lifecycle = Lifecycle::new(
    &[
        State::new("applied", "申請中", "Applied for"),
        State::new("sent_back", "差戻し", "Sent back"),
        State::new("permitted", "許可", "Permitted"),
        State::new("rejected", "不許可", "Not permitted"),
        State::new("withdrawn", "取下げ", "Withdrawn"),
        State::new("ended", "終了", "Ended"),
    ],
    &[
        Transition::new("permit", "許可する", "Permit", &["applied"], "permitted", &[Role::Ciso])
            .not_same_as(&["create", "applicant", "apply"])
            .decides(OFFICE)
            .grants()
            .until("until"),
        Transition::new("send_back", "差し戻す", "Send back", &["applied"], "sent_back", OFFICE),
        Transition::new("reject", "許可しない", "Don't permit", &["applied"], "rejected", &[Role::Ciso])
            .not_same_as(&["create", "applicant", "apply"])
            .decides(OFFICE),
        Transition::new("apply", "もう一度申請する", "Apply again", &["sent_back"], "applied", SIGNED_IN)
            .reach(Reach::Own),
        Transition::new("withdraw", "取り下げる", "Withdraw", OPEN, "withdrawn", SIGNED_IN).reach(Reach::Own),
        Transition::new("end", "早く終える", "End early", &["permitted"], "ended", OFFICE),
    ],
);

const READ: &[Action] = &[Action::View, Action::List, Action::Comment, Action::Attach];

impl Record for Exception {
    const REGISTER: Register = Register::new("exception", "例外措置の申請", "Exceptions")
        .topic(Topic::Operations)
        .facets(&["unit", "clause"])
        .sorts(&["until", "-from", "name"])
        .columns(&["name", "clause", "unit", "from", "until"])
        .unit("unit")
        .owner("applicant")
        .lifecycle(EXCEPTION)
        .access(&[
            Grant::new(OFFICE, READ),
            Grant::new(&[Role::Auditor], READ),
            Grant::new(&[Role::Head, Role::Manager, Role::SystemManager], READ).reach(Reach::Unit),
            Grant::new(SIGNED_IN, READ).reach(Reach::Own),
            Grant::new(SIGNED_IN, &[Action::Create]).reach(Reach::Unit),
            Grant::new(SIGNED_IN, &[Action::Edit]).reach(Reach::Own).states(OPEN),
            Grant::new(&[Role::Ciso, Role::Chief, Role::Auditor], &[Action::Export]),
        ]);

    fn check(&self, _: Date) -> Result<(), Refusal> {
        if self.until < self.from || self.until > self.from.plus_months(LONGEST) {
            return Err(Refusal::at(
                "until",
                "終期は始期から1年以内の日にしてください。続ける必要があれば、期限の前に改めて申請してください",
                "An exception lasts a year at most: apply again before it ends",
            ));
        }
        Ok(())
    }
}
