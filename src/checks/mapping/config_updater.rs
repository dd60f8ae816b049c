//! How the mapping files get into the ConfigMap that the jobs mount: Prow's config-updater.

use super::config_map::{files, updated_map};
use super::strays;
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checks::Drafts;
use crate::checks::listing::listed;
use crate::finding::{Draft, Fix, Place};
use crate::model::prow_plugins::UpdatedMap;
use crate::model::{File, FileKind, Statements};
use crate::tree::path_glob;

/// `mapping-configmap`: mapping files that the config-updater does not put where the jobs look for them.
pub(super) fn check(checkout: &Checkout, drafts: &mut Drafts) {
    if files(checkout).next().is_none() {
        return;
    }
    match updated_map(checkout) {
        Some((file, map)) if matched(checkout, map) == 0 => {
            drafts.push(matches_nothing(checkout, file, map));
        }
        Some((file, map)) => clusters(checkout, file, map, drafts),
        None => drafts.extend(misnamed(checkout)),
    }
}

/// How many of the mapping files go into the ConfigMap.
fn matched(checkout: &Checkout, map: &UpdatedMap) -> usize {
    // zglob, which the config-updater matches with, knows a little more.
    let Ok(glob) = path_glob(&map.glob.value) else {
        return files(checkout).count();
    };
    let glob = glob.compile_matcher();
    let paths = files(checkout).map(|file| file.file.path.as_str());
    paths.filter(|path| glob.is_match(path)).count()
}

fn matches_nothing(checkout: &Checkout, file: &File, map: &UpdatedMap) -> Draft {
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let glob = &map.glob;
    Draft::new(
        Place::new(&file.path, glob.span),
        config_map,
        format!("`{}` matches no mapping file", glob.value),
    )
    .help(format!(
        "the config-updater puts none into ConfigMap `{config_map}`, so no change to a mapping file takes \
         effect any more"
    ))
}

/// What is to make another ConfigMap of the mapping files.
fn misnamed(checkout: &Checkout) -> Option<Draft> {
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let maps = checkout
        .files_of(&[FileKind::ProwPlugins])
        .flat_map(|file| match &file.statements {
            Statements::ConfigUpdater(maps) => maps.iter().map(|map| (file, map)).collect(),
            _ => Vec::new(),
        });
    let (matched, file, map) = maps
        .map(|(file, map)| (matched(checkout, map), file, map))
        .filter(|(matched, ..)| *matched > 0)
        .max_by_key(|(matched, ..)| *matched)?;
    let name = map.config_map.as_ref()?;
    let place = Place::new(&file.path, name.span);
    let draft = Draft::new(
        place.clone(),
        config_map,
        format!(
            "{matched} mapping files go into ConfigMap `{}`, not into `{config_map}`",
            name.value
        ),
    )
    .help(format!(
        "the jobs mount `{config_map}`, where no change to a mapping file arrives any more"
    ));
    Some(draft.alternatives(Fix::alternative(place, config_map)))
}

/// Jobs on clusters that the ConfigMap does not exist on.
fn clusters(checkout: &Checkout, file: &File, map: &UpdatedMap, drafts: &mut Drafts) {
    if map.clusters.is_empty() {
        return;
    }
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let known = || listed(map.clusters.iter().map(|own| &*own.value), ", ");
    let has = |cluster: &str| map.clusters.iter().any(|own| &*own.value == cluster);
    let jobs = checkout.mirroring().jobs.iter();
    let jobs = jobs.filter(|job| !job.selectors.is_empty());
    let away: Vec<(&MirrorJob, _)> = jobs
        .clone()
        .filter_map(|job| Some((job, job.job().cluster.as_ref()?)))
        .filter(|(_, cluster)| !has(&cluster.value))
        .collect();
    if let [(first, cluster), _, ..] = &*away
        && away.len() == jobs.count()
    {
        let span = map.clusters[0].span;
        let message = format!(
            "the ConfigMap `{config_map}` goes to {}, and the {} jobs that mount it run elsewhere",
            known(),
            away.len()
        );
        let draft = Draft::new(Place::new(&file.path, span), config_map, message).help(format!(
            "no change to a mapping file arrives where they run, such as on `{}`",
            cluster.value
        ));
        drafts.push(draft.related(first.place(cluster.span), "such as this one"));
        return;
    }
    // Where new jobs are to run the ConfigMap is meant to be, though an older checkout does not say so.
    let meant = &checkout.conventions.mirror_jobs.new.cluster;
    for (job, cluster) in away.into_iter().filter(|(_, own)| *own.value != **meant) {
        let message = format!(
            "job `{}` runs on `{}`, where ConfigMap `{config_map}` is not",
            job.name(),
            cluster.value
        );
        let entity = format!("{} {}", job.name(), cluster.value);
        let draft = Draft::new(job.place(cluster.span), entity, message).help(format!(
            "its pod waits for the ConfigMap for ever; the config-updater puts it on {}",
            known()
        ));
        let draft = draft.related(
            Place::new(&file.path, map.glob.span),
            "what says where the ConfigMap goes",
        );
        drafts.push(draft.follows_from(strays(job.name())));
    }
}
