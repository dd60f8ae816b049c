//! Images of a config that are built from each other in a circle: openshift/ci-tools `pkg/api/graph.go`
//! `TopologicalSort`, "cycle in graph".

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use super::read::entries;
use super::{CiConfig, Refusal};
use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

/// How many names of a circle are said.
const SHOWN: usize = 5;

/// How far an image has been looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Not,
    OnTheWay,
    Done,
}

impl CiConfig {
    /// Finds the circles in `items` of `images`, one for each image that closes one.
    pub(super) fn refuse_cycles(&mut self, root: &Node<'_>, items: &[Node<'_>]) {
        // A name that is imported too is told of as given twice.
        let imported = LazyCell::new(|| -> HashSet<&str> {
            let fields = ["base_images", "base_rpm_images", "external_images"].iter();
            fields
                .flat_map(|field| entries(root, field))
                .filter_map(|entry| entry.key.as_str())
                .collect()
        });
        let names: HashMap<&str, usize> = items
            .iter()
            .enumerate()
            // Those of several repositories have names that are put together.
            .filter(|(_, item)| item.get("ref").is_none())
            .filter_map(|(number, item)| Some((item.get("to")?.as_str()?, number)))
            .collect();
        let needs = |item: usize| -> Vec<(usize, Span)> {
            let Some(item) = items.get(item) else {
                return Vec::new();
            };
            let inputs = entries(item, "inputs").map(|input| &input.key);
            let named = item.get("from").into_iter().chain(inputs);
            named
                .filter_map(|node| Some((*names.get(node.as_str()?)?, node.span)))
                .collect()
        };
        let mut seen = vec![Seen::Not; items.len()];
        let called = |item: usize| items[item].get("to").and_then(Node::as_str);
        for first in 0..items.len() {
            if seen[first] != Seen::Not {
                continue;
            }
            seen[first] = Seen::OnTheWay;
            let mut way = vec![(first, needs(first))];
            while let Some((item, left)) = way.last_mut() {
                let Some((next, span)) = left.pop() else {
                    seen[*item] = Seen::Done;
                    way.pop();
                    continue;
                };
                match seen[next] {
                    Seen::Done => {}
                    Seen::Not => {
                        seen[next] = Seen::OnTheWay;
                        way.push((next, needs(next)));
                    }
                    Seen::OnTheWay if called(next).is_some_and(|to| imported.contains(to)) => {}
                    Seen::OnTheWay => {
                        let circle = way.iter().skip_while(|(item, _)| *item != next);
                        let mut said: Vec<String> = circle
                            .filter_map(|(item, _)| called(*item))
                            .take(SHOWN)
                            .map(|name| format!("`{name}`"))
                            .collect();
                        said.extend(called(next).map(|name| format!("`{name}`")));
                        let message =
                            format!("an image is built from itself: {}", said.join(" from "));
                        self.refuse(Refusal::Cycle, span, message);
                    }
                }
            }
        }
    }
}
