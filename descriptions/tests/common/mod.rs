// SPDX-License-Identifier: Apache-2.0

//! Random states of a registry, as a caller would gather them.
#![allow(dead_code, reason = "not every test uses all of it")]

use atelier_descriptions::spdx::{Block, Snapshot};
use atelier_primitives::{
	attestations::{About, Data, Definition, GENESIS, Statement, schema_hash},
	datasets::{Access, Description, Facts},
	ids::{AttestationId, DatasetId, JobId, ModelId, SchemaId, Subject, VersionId},
	licence::Licence,
	lineage::{Consent, Flag},
	models::{Class, Fee, MAX_ANCESTORS, Publication, Status},
	pots::{Pot, Share},
	terms::{Purpose, Purposes, Terms, Withdrawal},
	views::{
		models::{AncestorView, LineageView, ModelView, VersionView},
		provenance::{AttestationView, DatasetView, SchemaView},
	},
};
use atelier_referee::{
	commit::{Bounded, Commitment, Kind},
	hash::{Digest, Portable},
	samples::{self, Random},
};
use sp_arithmetic::Permill;
use std::collections::{BTreeMap, BTreeSet};

pub type Account = u16;
pub type State = Snapshot<Account, u128>;

pub const NOW: u32 = 5_000;

/// As SS58 looks.
pub fn account(who: &Account) -> String {
	format!("5F{who:05}x")
}

pub fn digest(random: &mut Random) -> Digest {
	std::array::from_fn(|_| random.bits() as u8)
}

fn block(random: &mut Random) -> u32 {
	random.between(1, NOW.into()) as u32
}

fn share(random: &mut Random) -> Permill {
	Permill::from_parts(random.between(0, 500_000) as u32)
}

fn who(random: &mut Random) -> Account {
	random.between(1, 6) as Account
}

fn licence(random: &mut Random) -> Vec<u8> {
	let expressions = [
		"Apache-2.0",
		"MIT OR Apache-2.0",
		"LicenseRef-ours",
		"NOASSERTION",
		"NONE",
	];
	random.pick(expressions).as_bytes().to_vec()
}

pub fn terms(random: &mut Random) -> Terms {
	let some = Purposes::NONE.with(Purpose::Research).with(Purpose::Education);
	Terms {
		derive: random.one_in(2),
		commercial: random.one_in(2),
		min_share: share(random),
		expiry: random.one_in(2).then(|| block(random)),
		purposes: random.pick([Purposes::ANY, Purposes::NONE, some]),
		withdrawal: random.pick([Withdrawal::StopsDerivation, Withdrawal::StopsServing]),
	}
}

fn consent(random: &mut Random) -> Consent {
	match random.one_in(4) {
		true => Consent::Withdrawn { at: block(random) },
		false => Consent::Given,
	}
}

fn flag(random: &mut Random) -> Flag {
	random.pick([Flag::Clear, Flag::NoDerivation, Flag::NoServing])
}

fn class(random: &mut Random) -> Class {
	if random.one_in(3) {
		return Class::Float {
			profile: digest(random),
		};
	}
	Class::Exact {
		spec: 1,
		shape: samples::shape(random),
		vocabulary: random.one_in(2).then(|| Commitment {
			kind: Kind::Vocabulary,
			count: 32_000,
			root: digest(random),
		}),
	}
}

/// Some of these, each with a share, in order.
fn some<Id: Ord + Copy>(random: &mut Random, of: &[Id], most: i64) -> Vec<(Id, Permill)> {
	let mut chosen = BTreeSet::new();
	for _ in 0..random.between(0, most) {
		if let Some(id) = of.get(random.between(0, of.len() as i64) as usize) {
			chosen.insert(*id);
		}
	}
	chosen.into_iter().map(|id| (id, share(random))).collect()
}

fn version(random: &mut Random, id: VersionId, above: &[VersionId], sources: &[DatasetId]) -> VersionView<u128> {
	let publication = Publication {
		weights: Commitment {
			kind: Kind::Weights,
			count: random.between(1, 1 << 30) as u64,
			root: digest(random),
		},
		bytes: random.bits(),
		package: digest(random),
		manifest: digest(random),
		class: class(random),
		parents: Bounded::try_from(some(random, above, 4)).unwrap(),
		datasets: Bounded::try_from(some(random, sources, 6)).unwrap(),
		terms: terms(random),
		licence: Bounded::try_from(licence(random)).unwrap(),
		licence_text: digest(random),
		fee: Fee {
			per_input: random.bits().into(),
			per_output: u128::MAX,
		},
		safety: random.one_in(2).then(|| digest(random)),
	};
	VersionView {
		version: id,
		model: ModelId(id.0 % 7),
		number: id.0,
		publication,
		committed: block(random),
		published: block(random),
		status: random.pick([
			Status::Active,
			Status::Deprecated,
			Status::Contested,
			Status::Overruled,
			Status::Withdrawn,
		]),
		consent: consent(random),
		flag: flag(random),
		dues: match random.one_in(3) {
			true => vec![Share {
				pot: Pot::Version(VersionId(0)),
				part: share(random),
			}],
			false => Vec::new(),
		},
		dependants: 0,
	}
}

fn dataset(random: &mut Random, id: DatasetId) -> DatasetView<Account> {
	let description = digest(random);
	DatasetView {
		id,
		owner: who(random),
		offered: None,
		facts: Facts {
			root: digest(random),
			bytes: random.bits(),
			terms: terms(random),
			access: random.pick([Access::Public, Access::OnRequest, Access::ComputeToData]),
			licence: Licence {
				expression: licence(random),
				text: digest(random),
			},
			description: random.pick([
				Description::None,
				Description::Croissant(description),
				Description::Document(description),
			]),
		},
		consent: consent(random),
		registered: block(random),
		earlier: random.one_in(3).then_some(DatasetId(0)),
		used: 1,
	}
}

fn attestation(
	random: &mut Random,
	id: AttestationId,
	subject: About<Account>,
	schemas: u32,
) -> AttestationView<Account> {
	let bytes = random.pick([
		&b""[..],
		b"https://example.org/\"quoted\"\n",
		b"\xff\xfe",
		"\u{202e}é".as_bytes(),
	]);
	let hash = digest(random);
	AttestationView {
		id,
		attester: who(random),
		about: subject,
		statement: Statement {
			schema: SchemaId(random.between(0, i64::from(schemas) - 1) as u32),
			revocable: random.one_in(2),
			expiry: random.one_in(2).then(|| block(random)),
			reference: random.one_in(4).then_some(AttestationId(0)),
			data: match random.one_in(2) {
				true => Data::Bytes(bytes.to_vec()),
				false => Data::Hash(hash),
			},
		},
		made: block(random),
		revoked: random.one_in(3).then(|| block(random)),
		references: 0,
	}
}

pub fn schemas() -> Vec<SchemaView<Account>> {
	let genesis = GENESIS
		.iter()
		.map(|schema| (schema.id, Definition::Text(schema.definition.as_bytes().to_vec())));
	let own = (SchemaId(8), Definition::Hash([9; 32]));
	let view = |(id, definition): (SchemaId, Definition<Vec<u8>>)| SchemaView {
		id,
		hash: schema_hash::<Portable>(&definition.hash::<Portable>(), true),
		definition,
		revocable: true,
		registrant: None,
		registered: 0,
	};
	genesis.chain([own]).map(view).collect()
}

/// All versions above one, and all datasets.
fn above(
	of: VersionId,
	versions: &BTreeMap<VersionId, VersionView<u128>>,
) -> (BTreeSet<VersionId>, BTreeSet<DatasetId>) {
	let (mut ancestors, mut sources) = (BTreeSet::new(), BTreeSet::new());
	let mut open = vec![of];
	while let Some(id) = open.pop() {
		let publication = &versions[&id].publication;
		sources.extend(publication.datasets.iter().map(|(dataset, _)| *dataset));
		for (parent, _) in &publication.parents {
			if ancestors.insert(*parent) {
				open.push(*parent);
			}
		}
	}
	(ancestors, sources)
}

/// A version with a random ancestry, and with some things beside it that are none of its own.
pub fn snapshot(seed: u64) -> State {
	let random = &mut Random(seed << 20);
	let last = random.between(0, 24) as u32;
	let sources = random.between(0, 12) as u32;
	of(random, last, sources)
}

/// As many versions above one, each made from the one before, and datasets as a version may have.
pub fn largest() -> State {
	let mut state = of(&mut Random(0), MAX_ANCESTORS, MAX_ANCESTORS);
	for view in &mut state.versions {
		let before = view.version.0.checked_sub(1).map(|id| (VersionId(id), Permill::zero()));
		view.publication.parents = Bounded::try_from(before.into_iter().collect::<Vec<_>>()).unwrap();
		view.publication.datasets = Bounded::new();
	}
	let template = AncestorView {
		version: VersionId(0),
		model: ModelId(0),
		status: Status::Active,
		consent: Consent::Given,
		flag: Flag::Clear,
		parents: Vec::new(),
		datasets: Vec::new(),
	};
	let ancestor = |id| AncestorView {
		version: VersionId(id),
		..template.clone()
	};
	state.lineage.ancestors = (0..MAX_ANCESTORS).map(ancestor).collect();
	state.lineage.sources = (0..MAX_ANCESTORS).map(|id| (DatasetId(id), Flag::Clear)).collect();
	state
}

fn of(random: &mut Random, last: u32, sources: u32) -> State {
	let sources: Vec<DatasetId> = (0..sources).map(DatasetId).collect();
	let mut versions = BTreeMap::new();
	for number in 0..=last {
		let before: Vec<VersionId> = versions.keys().copied().collect();
		versions.insert(VersionId(number), version(random, VersionId(number), &before, &sources));
	}
	let about = VersionId(last);
	let (ancestors, used) = above(about, &versions);
	let ancestor = |id: &VersionId| {
		let view = &versions[id];
		AncestorView {
			version: *id,
			model: view.model,
			status: view.status,
			consent: view.consent,
			flag: view.flag,
			parents: view.publication.parents.to_vec(),
			datasets: view.publication.datasets.to_vec(),
		}
	};
	let lineage = LineageView {
		flag: flag(random),
		ancestors: ancestors.iter().map(ancestor).collect(),
		sources: used.iter().map(|source| (*source, flag(random))).collect(),
	};
	let models = (0..7).map(|number| ModelView {
		model: ModelId(number),
		owner: who(random),
		slug: format!("model-{number}").into_bytes(),
		offered: None,
		next: 1,
		versions: 1,
		bytes: 100,
	});
	let models = models.collect();
	let datasets = sources.iter().map(|id| dataset(random, *id)).collect();
	let schemas = schemas();
	let subject = |random: &mut Random| {
		let number = random.between(0, 12) as u32;
		match random.between(0, 4) {
			0 => About::One(Subject::Version(VersionId(number))),
			1 => About::One(Subject::Dataset(DatasetId(number))),
			2 => About::One(Subject::Account(number as Account)),
			3 => About::One(Subject::Job(JobId(1))),
			_ => About::Many {
				root: [1; 32],
				count: 5,
			},
		}
	};
	let attestations: Vec<_> = (0..random.between(0, 20) as u64)
		.map(|number| {
			let subject = subject(random);
			attestation(random, AttestationId(number), subject, schemas.len() as u32)
		})
		.collect();
	let mut snapshot = State {
		genesis: [0xab; 32],
		block: Block {
			number: NOW,
			hash: digest(random),
			time: 1_900_000_000_000,
		},
		version: about,
		lineage,
		versions: versions.into_values().collect(),
		models,
		datasets,
		attestations,
		schemas,
		times: BTreeMap::new(),
	};
	let known = !random.one_in(3);
	for block in snapshot.blocks() {
		if known || random.one_in(2) {
			snapshot
				.times
				.insert(block, 1_800_000_000_000 + u64::from(block) * 3_000);
		}
	}
	snapshot
}
