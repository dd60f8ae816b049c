//! What the release controller copies from one stream into another.

use std::collections::HashSet;
use std::sync::Arc;

use super::build::Touched;
use super::providers::ProviderRecord;
use super::store::Store;
use super::{Images, Provider, ProviderKind, State, Stream};
use crate::finding::Place;
use crate::limits::{MAX_COPIED_STREAMS, MAX_COPIED_TAGS};
use crate::model::File;
use crate::model::release_controller::StreamMirror;
use crate::syntax::reference::ImageStreamTag;

impl Images {
    /// What `mirror` copies.
    pub(super) fn copied(&self, file: &File, mirror: &StreamMirror) -> Vec<ProviderRecord> {
        let [_, (namespace, name)] = mirrored(mirror, &self.release);
        let mut records = Vec::new();
        if let Some(source) = self.stream(namespace, name) {
            of_mirror(file, (mirror, &self.release), source, &mut records);
        }
        records
    }

    /// Copies anew what is copied from streams that were touched.
    pub(super) fn mirror_again(&mut self, files: &[Arc<File>], touched: &mut Touched) {
        let release = Arc::clone(&self.release);
        let of_touched: Vec<(&File, &StreamMirror)> = mirrors(files)
            .filter(|(_, mirror)| {
                let [_, (namespace, name)] = mirrored(mirror, &release);
                touched.contains(&*format!("{namespace}/{name}"))
            })
            .collect();
        // Mirrors into one stream copy the same one, so all of them are redone or none.
        for (_, mirror) in &of_touched {
            let [(namespace, name), _] = mirrored(mirror, &release);
            touched.insert(format!("{namespace}/{name}").into());
            if self.stream(namespace, name).is_none() {
                continue;
            }
            let stream = self.stream_mut(namespace, name);
            stream.tags.retain(|_, providers| {
                providers.retain(|provider| provider.kind != ProviderKind::ReleaseMirror);
                !providers.is_empty()
            });
            self.drop_empty(namespace, name);
        }
        for (file, mirror) in of_touched {
            self.add_providers(self.copied(file, mirror));
        }
    }
}

/// The streams that the release controller fills.
pub(super) fn mirrors(files: &[Arc<File>]) -> impl Iterator<Item = (&File, &StreamMirror)> {
    let mirrors = files.iter().flat_map(|file| {
        let mirrors = file.stream_mirrors().iter();
        mirrors.map(move |mirror| (&**file, mirror))
    });
    mirrors.take(MAX_COPIED_STREAMS)
}

/// The stream that `mirror` fills, and the one that it copies: that of the same version, so
/// `origin/4.12` and `origin/scos-4.12` both come from `ocp/4.12`, where `release` is `ocp`.
pub(super) fn mirrored<'m>(mirror: &'m StreamMirror, release: &'m str) -> [(&'m str, &'m str); 2] {
    let namespace = mirror.namespace.as_ref();
    let namespace = namespace.map_or("origin", |text| &text.value);
    let name = &*mirror.name.value;
    let version = name.rsplit('-').next().unwrap_or_default();
    [(namespace, name), (release, version)]
}

/// Adds every tag that is copied from `source`: what is live and not excluded.
fn of_mirror(
    file: &File,
    (mirror, release): (&StreamMirror, &str),
    source: &Stream,
    records: &mut Vec<ProviderRecord>,
) {
    let [(namespace, name), (from_namespace, from)] = mirrored(mirror, release);
    let excluded: HashSet<&str> = mirror.excluded.iter().map(|tag| &*tag.value).collect();
    for (tag, providers) in source.tags.iter().take(MAX_COPIED_TAGS) {
        let is_live = providers.iter().any(|p| p.state == State::Live);
        if !is_live || excluded.contains(&**tag) {
            continue;
        }
        if let Ok(target) = ImageStreamTag::new(namespace, name, tag) {
            let provider = Provider {
                kind: ProviderKind::ReleaseMirror,
                stores: Store::AppCi.alone(),
                state: State::Live,
                copies: ImageStreamTag::new(from_namespace, from, tag).ok(),
                place: Place::new(&file.path, mirror.name.span),
                upstream: Some(format!("{from_namespace}/{from}:{tag}").into()),
            };
            records.push(ProviderRecord::tag(&target, provider));
        }
    }
}
