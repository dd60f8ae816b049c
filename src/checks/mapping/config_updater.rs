//! How the mapping files get into the ConfigMap that the jobs mount: Prow's config-updater.

use std::collections::BTreeSet;

use super::config_map::files;
use super::strays;
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirrorJob;
use crate::checks::listing::listed;
use crate::checks::removed_line::removed_line;
use crate::checks::{Drafts, StillBroken, schema_fault, unparsed};
use crate::finding::{Draft, Finding, Fix, Place};
use crate::limits::MAX_RELATED;
use crate::model::prow_plugins::UpdatedMap;
use crate::model::{File, FileKind, Statements, Text};
use crate::tree::path_glob;

/// How many entries of the config-updater may be meant for the mapping files.
const MAX_CANDIDATES: usize = 100;

/// `mapping-configmap`: mapping files that the config-updater does not put where the jobs look for them.
pub(super) fn check(checkout: &Checkout, drafts: &mut Drafts) {
    if files(checkout).next().is_none() {
        return;
    }
    match checkout.mapping_files_map() {
        Some((file, map)) if matched(checkout, map) == 0 => {
            drafts.push(matches_nothing(checkout, file, map));
        }
        Some((file, map)) => {
            clusters(checkout, file, map, drafts);
            elsewhere(checkout, file, map, drafts);
            drafts.extend(by_path(checkout, file, map));
            drafts.extend(compressed(checkout, file, map));
            unknown_fields(checkout, file, map, drafts);
        }
        None => drafts.extend(misnamed(checkout)),
    }
}

/// `mapping-configmap`, of a change: the entry is gone, and the ConfigMap with what it was last.
pub(super) fn lost(base: &Checkout, result: &Checkout, drafts: &mut Drafts) {
    let Some((file, map)) = base.mapping_files_map() else {
        return;
    };
    let is_there = result.mapping_files_map().is_some() || misnamed(result).is_some();
    if is_there || files(result).next().is_none() {
        return;
    }
    let config_map = &*result.conventions.mirror_jobs.config_map;
    let before = Place::new(&file.path, map.glob.span);
    let place = removed_line(base, result, &before);
    let place = place.unwrap_or_else(|| Place::whole_file(&file.path));
    let message =
        format!("the config-updater makes ConfigMap `{config_map}` of the mapping files no more");
    let draft = Draft::new(place, config_map, message)
        .help(format!(
            "no change to a mapping file takes effect any more; put the entry for `{}` back",
            map.glob.value
        ))
        .follows_from(unparsed::topic(&file.path));
    drafts.push(draft);
}

/// Whether the entry is still gone.
pub(super) fn still_broken(_: &Finding, _: &Checkout) -> StillBroken {
    Box::new(|checkout| checkout.mapping_files_map().is_none())
}

/// Keys that are no names of mapping files, where jobs choose these by their names.
fn by_path(checkout: &Checkout, file: &File, map: &UpdatedMap) -> Option<Draft> {
    let span = map.uses_paths?;
    let mut jobs = checkout.mirroring().jobs.iter();
    let job = jobs.find(|job| !job.selectors.is_empty())?;
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let draft = Draft::new(
        Place::new(&file.path, span),
        config_map,
        format!(
            "the ConfigMap `{config_map}` has paths for keys, and jobs choose files by their names"
        ),
    );
    let selector = job.selectors.first()?;
    Some(
        draft
            .help(format!(
                "job `{}` and others find no file that starts with `{}`; take `use_full_path_as_key` away",
                job.name(),
                selector.prefix
            ))
            .related(job.place(selector.span), "what a job reads"),
    )
}

/// Files that `oc` cannot read, for they are compressed.
fn compressed(checkout: &Checkout, file: &File, map: &UpdatedMap) -> Option<Draft> {
    let span = map.compresses?;
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let message = format!("the files of ConfigMap `{config_map}` are compressed");
    let draft = Draft::new(Place::new(&file.path, span), config_map, message);
    Some(draft.help("`oc image mirror` reads mapping files as they are; take `gzip` away"))
}

/// Fields of the entry that the config-updater does not know.
fn unknown_fields(checkout: &Checkout, file: &File, map: &UpdatedMap, drafts: &mut Drafts) {
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let so = format!(
        "the config-updater drops it without a word, and ConfigMap `{config_map}` is not what is meant"
    );
    let faults = map.faults.iter();
    drafts.extend(faults.map(|fault| schema_fault::draft(&file.path, fault, &so)));
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

/// How a path begins that matches a pattern.
fn fixed_start(glob: &str) -> &str {
    glob.split(['*', '?', '[', '{', '\\'])
        .next()
        .unwrap_or_default()
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

/// An entry that makes another ConfigMap of the mapping files, as the first of them shows.
fn misnamed(checkout: &Checkout) -> Option<Draft> {
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let first = files(checkout).next()?.file.path.as_str();
    let maps = checkout
        .files_of(&[FileKind::ProwPlugins])
        .flat_map(|file| match &file.statements {
            Statements::ConfigUpdater(maps) => maps.iter().map(|map| (file, map)).collect(),
            _ => Vec::new(),
        });
    let (file, map) = maps
        .filter(|(_, map)| first.starts_with(fixed_start(&map.glob.value)))
        .take(MAX_CANDIDATES)
        .find(|(_, map)| {
            path_glob(&map.glob.value).is_ok_and(|glob| glob.compile_matcher().is_match(first))
        })?;
    let matched = matched(checkout, map);
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

/// Jobs on clusters that the ConfigMap does not exist on: where it is none of theirs, that is one mistake.
fn clusters(checkout: &Checkout, file: &File, map: &UpdatedMap, drafts: &mut Drafts) {
    let Some((first, _)) = map.clusters.first() else {
        return;
    };
    let own: BTreeSet<&str> = map.clusters.iter().map(|(own, _)| &*own.value).collect();
    let has = |cluster: &Text| own.contains(&*cluster.value);
    let jobs = checkout.mirroring().jobs.iter();
    let jobs = jobs.filter(|job| !job.selectors.is_empty());
    let away: Vec<(&MirrorJob, &Text)> = jobs
        .clone()
        .filter_map(|job| Some((job, job.job().cluster.as_ref()?)))
        .filter(|(_, cluster)| !has(cluster))
        .collect();
    if away.len() > 1 && away.len() == jobs.count() {
        let place = Place::new(&file.path, first.span);
        drafts.push(away_from_all(checkout, place, map, &away));
        return;
    }
    for (job, cluster) in away {
        let glob = Place::new(&file.path, map.glob.span);
        drafts.push(away_from(checkout, job, cluster, map, glob));
    }
}

fn away_from_all(
    checkout: &Checkout,
    place: Place,
    map: &UpdatedMap,
    jobs: &[(&MirrorJob, &Text)],
) -> Draft {
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let message = format!(
        "the ConfigMap `{config_map}` goes to {}, and none of the {} jobs that mount it runs there",
        clusters_of(map),
        jobs.len()
    );
    let draft = Draft::new(place, config_map, message)
        .help("no change to a mapping file arrives where they run; name their clusters")
        .related_total(jobs.len());
    let places = jobs.iter().take(MAX_RELATED);
    draft
        .related_all(places.map(|(job, cluster)| (job.place(cluster.span), "runs here".to_owned())))
}

fn away_from(
    checkout: &Checkout,
    job: &MirrorJob,
    cluster: &Text,
    map: &UpdatedMap,
    glob: Place,
) -> Draft {
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let (name, cluster_name) = (job.name(), &cluster.value);
    let message =
        format!("job `{name}` runs on `{cluster_name}`, where ConfigMap `{config_map}` is not");
    let entity = format!("{name} {cluster_name}");
    Draft::new(job.place(cluster.span), entity, message)
        .help(format!(
            "its pod waits for the ConfigMap for ever; the config-updater puts it on {}",
            clusters_of(map)
        ))
        .related(glob, "what says where the ConfigMap goes")
        .follows_from(strays(name))
}

fn clusters_of(map: &UpdatedMap) -> String {
    listed(map.clusters.iter().map(|(own, _)| &*own.value), ", ")
}

/// Clusters where jobs run, and the ConfigMap goes to other namespaces than theirs, or to none.
fn elsewhere(checkout: &Checkout, file: &File, map: &UpdatedMap, drafts: &mut Drafts) {
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let wanted = &*checkout.conventions.prow.namespace;
    let jobs = checkout.mirroring().jobs.iter();
    let jobs = jobs.filter(|job| !job.selectors.is_empty());
    let used = jobs.filter_map(|job| Some(&*job.job().cluster.as_ref()?.value));
    let used: BTreeSet<&str> = used.collect();
    for (cluster, namespaces) in &map.clusters {
        let has_it = namespaces.iter().any(|own| &*own.value == wanted);
        if has_it || !used.contains(&*cluster.value) {
            continue;
        }
        let namespace = namespaces.first();
        let place = Place::new(&file.path, namespace.unwrap_or(cluster).span);
        let goes = match namespace {
            Some(namespace) => format!("goes to namespace `{}`", namespace.value),
            None => "goes to no namespace".to_owned(),
        };
        let message = format!(
            "on `{}` ConfigMap `{config_map}` {goes}, and the jobs that mount it run in `{wanted}`",
            cluster.value
        );
        let entity = format!("{config_map} {}", cluster.value);
        let meant = namespace.and_then(|_| Fix::alternative(place.clone(), wanted));
        drafts.push(
            Draft::new(place, entity, message)
                .help("no change to a mapping file arrives there any more")
                .alternatives(meant),
        );
    }
}
