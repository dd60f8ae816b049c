//! The rules and conventions that are built in, read once for all tests.

use std::sync::LazyLock;

use mirrorlint::engine::Plan;
use mirrorlint::model::Conventions;
use mirrorlint::rules::Catalogue;

const SOUND: &str = "what is built in is sound";

pub static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::builtin().expect(SOUND));

/// All rules.
pub static PLAN: LazyLock<Plan> = LazyLock::new(|| Plan::new(&CATALOGUE, |_| true).expect(SOUND));

pub static CONVENTIONS: LazyLock<Conventions> =
    LazyLock::new(|| Conventions::builtin().expect(SOUND));
