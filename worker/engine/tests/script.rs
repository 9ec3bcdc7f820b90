// SPDX-License-Identifier: Apache-2.0

//! TorchScript modules.
#![cfg(feature = "libtorch")]

mod common;

use atelier_engine::{
	Error,
	float::{Array, Device, Elements, Script},
};
use common::fixture;
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
	values: Vec<String>,
	largest: Vec<i64>,
}

fn input() -> Array {
	Array {
		shape: vec![2, 3],
		elements: Elements::Floats(vec![0.5, -1.0, 2.0, 0.0, 0.0, 0.0]),
	}
}

#[test]
fn a_traced_module_answers_as_in_python() {
	let script = Script::load(&fixture("scaled.pt"), Device::Cpu).unwrap();
	let expected: Expected = serde_json::from_slice(&std::fs::read(fixture("scaled.json")).unwrap()).unwrap();
	let outputs = script.run(&[input()]).unwrap();
	let [values, largest] = outputs.as_slice() else {
		panic!("{outputs:?}")
	};
	assert_eq!(
		(values.shape.as_slice(), largest.shape.as_slice()),
		([2, 2].as_slice(), [2].as_slice())
	);
	let Elements::Floats(values) = &values.elements else {
		panic!()
	};
	for (value, expected) in values.iter().zip(&expected.values) {
		assert!((value - expected.parse::<f32>().unwrap()).abs() < 1e-6);
	}
	assert_eq!(largest.elements, Elements::Integers(expected.largest));
}

#[test]
fn what_is_no_module_or_no_input_is_an_error() {
	for file in ["scaled.json", "absent.pt", "llama/model.safetensors"] {
		assert!(
			matches!(Script::load(&fixture(file), Device::Cpu), Err(Error::NotAModule { .. })),
			"{file}"
		);
	}
	let script = Script::load(&fixture("scaled.pt"), Device::Cpu).unwrap();
	let short = Array {
		shape: vec![2, 4],
		..input()
	};
	assert!(matches!(
		script.run(&[short]),
		Err(Error::Model(atelier_models::Error::WrongShape { .. }))
	));
	let wide = Array {
		shape: vec![3, 2],
		..input()
	};
	assert!(matches!(script.run(&[wide]), Err(Error::Libtorch { .. })));
	assert!(matches!(script.run(&[]), Err(Error::Libtorch { .. })));
	assert!(script.run(&[input()]).is_ok());
}

#[test]
fn a_gpu_that_is_not_there_is_named() {
	let error = Script::load(&fixture("scaled.pt"), Device::Cuda(63))
		.map(drop)
		.unwrap_err();
	assert!(matches!(error, Error::NoDevice { device } if device == "cuda:63"));
}
