//! What aliases stand for.

use super::{Builder, Content};
use crate::limits::BYTES_PER_EXPANDED_NODE;
use crate::syntax::span::Span;
use crate::syntax::yaml::fault::limit_fault;
use crate::syntax::yaml::{Entry, Fault, FaultKind, Node, Value};

/// Where a node stands: which child of which collection. In a mapping a child is a key (even) or
/// a value (odd). The root stands in no collection.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    parent: Option<usize>,
    slot: usize,
}

impl<'s> Builder<'s> {
    /// Where the next node will stand.
    pub(super) fn next_origin(&self) -> Origin {
        let slot = |content: &Content<'_>| match content {
            Content::Sequence(items) => items.len(),
            Content::Mapping(entries, key) => entries.len() * 2 + usize::from(key.is_some()),
        };
        Origin {
            parent: self.stack.last().map(|frame| frame.id),
            slot: self.stack.last().map_or(0, |frame| slot(&frame.content)),
        }
    }

    /// Remembers where the next node stands, if it has an anchor (a number other than 0).
    pub(super) fn note_anchor(&mut self, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, self.next_origin());
        }
    }

    /// The node of `anchor` for the alias at `span`; what lies below it is shared.
    pub(super) fn copy_of(&mut self, anchor: usize, span: Span) -> Result<Node<'s>, Fault> {
        let Some(target) = self.anchored(anchor) else {
            return Err(Fault {
                kind: FaultKind::AliasExpansion,
                span,
                message: "alias stands inside of the node that it refers to".to_owned(),
            });
        };
        let mut left = self.limits.max_expanded_nodes - self.expanded;
        let depth = self.limits.max_depth - self.stack.len();
        let value = target.value;
        spend(target, depth, &mut left).map_err(|kind| limit_fault(kind, &self.limits, span))?;
        self.expanded = self.limits.max_expanded_nodes - left;
        Ok(Node { span, value })
    }

    /// The complete node of `anchor`; none while it is still being read.
    fn anchored(&self, anchor: usize) -> Option<&Node<'s>> {
        let mut origin = *self.anchors.get(&anchor)?;
        let mut path = Vec::new();
        let frame = loop {
            path.push(origin.slot);
            let parent = origin.parent?;
            // Ids grow towards the top of the stack.
            if let Ok(open) = self.stack.binary_search_by_key(&parent, |frame| frame.id) {
                break self.stack.get(open)?;
            }
            origin = *self.origins.get(parent)?;
        };
        let slot = path.pop()?;
        let top = match &frame.content {
            Content::Sequence(items) => items.get(slot),
            Content::Mapping(entries, pending) => {
                child(entries, slot).or(pending.as_ref().filter(|_| slot == entries.len() * 2))
            }
        }?;
        path.iter()
            .rev()
            .try_fold(top, |node, &slot| match &node.value {
                Value::Sequence(items) => items.get(slot),
                Value::Mapping(mapping) => child(mapping.entries, slot),
                Value::Scalar(_) => None,
            })
    }
}

/// The child of a mapping by its slot, see [`Origin`].
fn child<'n, 's>(entries: &'n [Entry<'s>], slot: usize) -> Option<&'n Node<'s>> {
    let entry = entries.get(slot / 2)?;
    Some(if slot.is_multiple_of(2) {
        &entry.key
    } else {
        &entry.value
    })
}

/// Takes from `left` what it costs to look at a node once more, which may be at most `depth`
/// collections deep.
fn spend(node: &Node<'_>, depth: usize, left: &mut usize) -> Result<(), FaultKind> {
    let length = node.as_scalar().map_or(0, |scalar| scalar.text.len());
    let cost = 1 + length / BYTES_PER_EXPANDED_NODE;
    *left = left.checked_sub(cost).ok_or(FaultKind::AliasExpansion)?;
    let deeper = || depth.checked_sub(1).ok_or(FaultKind::TooDeep);
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => {
            let depth = deeper()?;
            for item in *items {
                spend(item, depth, left)?;
            }
        }
        Value::Mapping(mapping) => {
            let depth = deeper()?;
            for entry in mapping.entries {
                spend(&entry.key, depth, left)?;
                spend(&entry.value, depth, left)?;
            }
        }
    }
    Ok(())
}
