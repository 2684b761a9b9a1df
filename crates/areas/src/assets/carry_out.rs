//! Taking information assets out of the office (持ち出し): applied for, decided, over at its end.

use base::date::Date;
use register::built_in::{OFFICE, SIGNED_IN};
use register::describe::{Register, Topic};
use register::lifecycle::{Lifecycle, State, Transition};
use register::permit::{Action, Grant, Reach, Role};
use register::{Link, Record, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Asset;
use crate::organisation::{Person, Unit};

/// 保護の方法
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// 暗号化した機器・媒体
    #[schemars(extend("x-en" = "Encrypted device or medium"))]
    Encrypted,
    /// 施錠できるかばん等
    #[schemars(extend("x-en" = "Locked case"))]
    Locked,
    /// 暗号化と施錠の両方
    #[schemars(extend("x-en" = "Both"))]
    Both,
}

/// 持ち出しの申請
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct CarryOut {
    /// 件名
    /// 例：家庭訪問のための台帳の持ち出し
    #[schemars(length(max = 120), extend("x-en" = "Subject"))]
    pub name: String,
    /// 持ち出す資産
    #[schemars(extend("x-en" = "Asset"))]
    pub asset: Link<Asset>,
    /// 持ち出す人
    #[schemars(extend("x-en" = "Carried by"))]
    pub carrier: Link<Person>,
    /// 所属
    #[schemars(extend("x-en" = "Unit"))]
    pub unit: Link<Unit>,
    /// 持ち出し先
    #[schemars(length(max = 120), extend("x-en" = "Destination"))]
    pub destination: String,
    /// 目的
    #[schemars(length(max = 1000), extend("x-long" = true))]
    pub purpose: String,
    /// 保護の方法
    #[schemars(extend("x-en" = "Protected by"))]
    pub protection: Protection,
    /// 持ち出す日
    #[schemars(extend("x-en" = "From"))]
    pub from: Date,
    /// 返却の期限
    /// この日の翌日に、許可は自動的に期限切れになります。
    #[schemars(extend("x-en" = "Back by"))]
    pub until: Date,
    /// 返却日
    #[schemars(extend("x-en" = "Returned on"))]
    pub returned_on: Option<Date>,
}

/// Those who decide: the manager of the section, or whoever stands above.
const DECIDERS: &[Role] = &[Role::Manager, Role::Head];
const ALL_STATES: &[&str] = &["applied", "sent_back"];

/// From the application to the return.
pub const CARRY_OUT: Lifecycle = Lifecycle::new(
    &[
        State::new("applied", "申請中", "Applied for"),
        State::new("sent_back", "差戻し", "Sent back"),
        State::new("permitted", "許可", "Permitted"),
        State::new("rejected", "不許可", "Not permitted"),
        State::new("withdrawn", "取下げ", "Withdrawn"),
        State::new("returned", "返却済み", "Returned"),
    ],
    &[
        Transition::new("permit", "許可する", "Permit", &["applied"], "permitted", DECIDERS)
            .reach(Reach::Unit)
            .not_same_as(&["create", "carrier", "apply"])
            .decides(OFFICE)
            .grants()
            .until("until"),
        Transition::new("send_back", "差し戻す", "Send back", &["applied"], "sent_back", DECIDERS).reach(Reach::Unit),
        Transition::new("reject", "許可しない", "Don't permit", &["applied"], "rejected", DECIDERS)
            .reach(Reach::Unit)
            .not_same_as(&["create", "carrier", "apply"])
            .decides(OFFICE),
        Transition::new("apply", "もう一度申請する", "Apply again", &["sent_back"], "applied", SIGNED_IN)
            .reach(Reach::Own),
        Transition::new("withdraw", "取り下げる", "Withdraw", ALL_STATES, "withdrawn", SIGNED_IN).reach(Reach::Own),
        Transition::new(
            "give_back",
            "返却を記録する",
            "Record the return",
            &["permitted", "lapsed"],
            "returned",
            SIGNED_IN,
        )
        .reach(Reach::Own)
        .requires(&["returned_on"]),
    ],
);

const READ: &[Action] = &[Action::View, Action::List, Action::Comment, Action::Attach];

impl Record for CarryOut {
    const REGISTER: Register = Register::new("carry_out", "持ち出しの申請", "Carrying out")
        .topic(Topic::Classification)
        .facets(&["unit", "protection", "asset"])
        .sorts(&["-from", "until", "name"])
        .columns(&["name", "asset", "carrier", "unit", "from", "until"])
        .unit("unit")
        .owner("carrier")
        .lifecycle(CARRY_OUT)
        .access(&[
            Grant::new(OFFICE, READ),
            Grant::new(&[Role::Auditor], READ),
            Grant::new(&[Role::Head, Role::Manager, Role::SystemManager], READ).reach(Reach::Unit),
            Grant::new(SIGNED_IN, READ).reach(Reach::Own),
            Grant::new(SIGNED_IN, &[Action::Create]).reach(Reach::Unit),
            Grant::new(SIGNED_IN, &[Action::Edit]).reach(Reach::Own).states(ALL_STATES),
            Grant::new(&[Role::Ciso, Role::Chief, Role::Auditor], &[Action::Export]),
        ]);

    fn check(&self, today: Date) -> Result<(), Refusal> {
        if self.until < self.from {
            return Err(Refusal::at(
                "until",
                "返却の期限は、持ち出す日以後の日にしてください",
                "It can't be back before it leaves",
            ));
        }
        if self.returned_on.is_some_and(|day| day < self.from || today < day) {
            return Err(Refusal::at(
                "returned_on",
                "返却日は、持ち出した日から今日までの日にしてください",
                "It came back between the day it left and today",
            ));
        }
        Ok(())
    }
}
