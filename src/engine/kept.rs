//! What the checks of whole checkouts found, from one run to the next.

use rayon::prelude::*;

use super::Plan;
use crate::checkout::{Checkout, Parts};
use crate::checks::{Check, Drafts};
use crate::finding::Draft;

/// What each step of one plan found in `N` checkouts, such as a base and its change, kept so that the
/// next time only those checks run again that looked at something that is another by then.
#[derive(Debug)]
pub struct Kept<const N: usize> {
    checkouts: Option<[Checkout; N]>,
    steps: Vec<Step<N>>,
}

#[derive(Debug)]
struct Step<const N: usize> {
    /// What the check looked at in each checkout.
    looked_at: [Parts; N],
    drafts: Vec<Draft>,
}

impl<const N: usize> Default for Kept<N> {
    fn default() -> Self {
        Self {
            checkouts: None,
            steps: Vec::new(),
        }
    }
}

impl<const N: usize> Kept<N> {
    /// The drafts of each step of `plan` in `now`, where `look` has a check look at checkouts.
    pub(super) fn update(
        &mut self,
        plan: &Plan,
        now: [&Checkout; N],
        look: impl Fn(&Check, &[Checkout; N], &mut Drafts) + Sync,
    ) -> Vec<Vec<Draft>> {
        let differences = self.differences(now);
        let known = std::mem::take(&mut self.steps);
        let mut known = known.into_iter();
        let known: Vec<Option<Step<N>>> = plan.steps.iter().map(|_| known.next()).collect();
        self.steps = plan
            .steps
            .par_iter()
            .zip(known)
            // Neighbours among the rules look at the same things, and take the same time.
            .with_max_len(1)
            .map(|((_, check), known)| {
                let is_same = |step: &Step<N>| {
                    differences.as_ref().is_some_and(|differences| {
                        let mut pairs = step.looked_at.iter().zip(differences);
                        !pairs.any(|(looked_at, differing)| looked_at.meets(differing))
                    })
                };
                known.filter(is_same).unwrap_or_else(|| {
                    // A copy each, which notes what this check looks at.
                    let own = now.map(Checkout::watched);
                    let mut drafts = Drafts::default();
                    look(check, &own, &mut drafts);
                    Step {
                        looked_at: own.map(Checkout::looked_at),
                        drafts: drafts.into_vec(),
                    }
                })
            })
            .collect();
        self.checkouts = Some(now.map(Clone::clone));
        let steps = self.steps.iter();
        steps.map(|step| step.drafts.clone()).collect()
    }

    /// In what each checkout differs from the one that was looked at last; nothing where that does not
    /// tell what is the same.
    fn differences(&self, now: [&Checkout; N]) -> Option<[Parts; N]> {
        let before = self.checkouts.as_ref()?;
        let pairs = now.into_iter().zip(before);
        let differences: Option<Vec<Parts>> =
            pairs.map(|(now, before)| now.differences(before)).collect();
        differences?.try_into().ok()
    }
}
