#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that documents are SPDX 3.0.1, and that this would be seen if they were not.

usage: validate_spdx.py FOLDER      its *.spdx3.json, and broken ones made of them
       validate_spdx.py FILE..      only these

The bindings are generated from the published SHACL model: reading checks classes, types, values and names of properties,
writing how many there are. What the text of the specification asks for beside that is checked here: that references lead
somewhere, that no element is there twice, and the rules of a profile that a document claims. The documents of a folder are
then broken in each of some ways, and each must be refused.
"""

import copy
import io
import json
import pathlib
import sys
import time

from spdx_python_model.bindings import v3_0_1 as spdx

# In the context of SPDX itself, not in a document.
INDIVIDUALS = {
    "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense",
    "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoneLicense",
}
# What the text of the profile asks for, and the model does not.
AI = (
    "releaseTime",
    "suppliedBy",
    "software_downloadLocation",
    "software_packageVersion",
    "software_primaryPurpose",
)
DATASET = (
    "builtTime",
    "originatedBy",
    "releaseTime",
    "software_downloadLocation",
    "software_primaryPurpose",
)


class Refused(Exception):
    """Why a document is not what it should be."""


def validate(document):
    """Raises whatever is wrong with a document."""
    elements = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().deserialize_data(document, elements)
    spdx.JSONLDSerializer().write(elements, io.BytesIO())
    missing = elements.link() - INDIVIDUALS
    if missing:
        raise Refused(f"nothing is called {sorted(missing)[0]}")

    graph = document["@graph"]
    names = [node.get("spdxId", node.get("@id")) for node in graph]
    if len(set(names)) < len(names):
        raise Refused("something is there twice")
    whole = [node for node in graph if node["type"] == "SpdxDocument"]
    if len(whole) != 1:
        raise Refused("there is not one SpdxDocument")
    claimed = whole[0]["profileConformance"]
    for profile, kind, fields in (("ai", "ai_AIPackage", AI), ("dataset", "dataset_DatasetPackage", DATASET)):
        if profile in claimed:
            conform(graph, profile, kind, fields)


def conform(graph, profile, kind, fields):
    """The rules of a profile."""
    for package in (node for node in graph if node["type"] == kind):
        for field in fields:
            if field not in package:
                raise Refused(f"{profile}: {package['spdxId']} has no {field}")
        for relation in ("hasDeclaredLicense", "hasConcludedLicense"):
            found = [node for node in graph if node.get("relationshipType") == relation and node["from"] == package["spdxId"]]
            if len(found) != 1:
                raise Refused(f"{profile}: {package['spdxId']} has {len(found)} times {relation}")


def first(document, kind, having=None):
    """The first node of a class, which has a field perhaps."""
    return next(node for node in document["@graph"] if node["type"] == kind and (having is None or having in node))


def broken(name):
    """A way to break a document."""
    return lambda function: BROKEN.append((name, function))


BROKEN = []


@broken("a relationship of no known type")
def _(document):
    first(document, "Relationship")["relationshipType"] = "wasTrainedOn"


@broken("a relationship to nothing")
def _(document):
    del first(document, "Relationship")["to"]


@broken("a relationship to what is not there")
def _(document):
    first(document, "Relationship")["to"] = ["urn:atelier:nothing"]


@broken("no time of creation")
def _(document):
    del first(document, "CreationInfo")["created"]


@broken("a time that is none")
def _(document):
    first(document, "CreationInfo")["created"] = "yesterday"


@broken("a creator that is no agent")
def _(document):
    first(document, "CreationInfo")["createdBy"] = [first(document, "ai_AIPackage")["spdxId"]]


@broken("a supplier that is no agent")
def _(document):
    first(document, "ai_AIPackage")["suppliedBy"] = first(document, "Tool")["spdxId"]


@broken("a dataset of no type")
def _(document):
    del first(document, "dataset_DatasetPackage")["dataset_datasetType"]


@broken("a dataset shorter than nothing")
def _(document):
    first(document, "dataset_DatasetPackage")["dataset_datasetSize"] = -1


@broken("an availability that is none")
def _(document):
    first(document, "dataset_DatasetPackage", "dataset_datasetAvailability")["dataset_datasetAvailability"] = "onRequest"


@broken("an algorithm that is none")
def _(document):
    first(document, "ai_AIPackage")["verifiedUsing"][0]["algorithm"] = "blake99"


@broken("a hash without a value")
def _(document):
    del first(document, "ai_AIPackage")["verifiedUsing"][0]["hashValue"]


@broken("a licence without an expression")
def _(document):
    del first(document, "simplelicensing_LicenseExpression")["simplelicensing_licenseExpression"]


@broken("an annotation of nothing")
def _(document):
    del first(document, "Annotation")["subject"]


@broken("an annotation of no known type")
def _(document):
    first(document, "Annotation")["annotationType"] = "praise"


@broken("a content type that is none")
def _(document):
    first(document, "Annotation")["contentType"] = "json"


@broken("a property that nothing has")
def _(document):
    first(document, "ai_AIPackage")["software_size"] = 5


@broken("a class that is none")
def _(document):
    first(document, "ai_AIPackage")["type"] = "ai_Model"


@broken("an element without a name")
def _(document):
    del first(document, "ai_AIPackage")["spdxId"]


@broken("an element that is there twice")
def _(document):
    document["@graph"].append(first(document, "ai_AIPackage"))


@broken("a profile that is not one")
def _(document):
    first(document, "SpdxDocument")["profileConformance"].append("atelier")


@broken("a profile with less than it asks for")
def _(document):
    first(document, "SpdxDocument")["profileConformance"].append("ai")
    del first(document, "ai_AIPackage")["software_primaryPurpose"]


@broken("a profile whose licences are not stated once")
def _(document):
    if "ai" not in first(document, "SpdxDocument")["profileConformance"]:
        raise StopIteration
    declared = [node for node in document["@graph"] if node.get("relationshipType") == "hasDeclaredLicense"]
    for node in declared:
        node["relationshipType"] = "other"


@broken("a profile that nobody can claim of a chain")
def _(document):
    first(document, "dataset_DatasetPackage")
    first(document, "SpdxDocument")["profileConformance"].append("dataset")


def fault(document):
    """What is wrong with a document, if anything is."""
    try:
        validate(document)
    except (Refused, KeyError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def attack(document, tried):
    """Names the ways to break a document that are not seen, and counts those that could be tried."""
    for name, harm in BROKEN:
        harmed = copy.deepcopy(document)
        try:
            harm(harmed)
        except StopIteration:
            continue
        tried[name] += 1
        if fault(harmed) is None:
            yield name


def main(paths):
    """Prints what is wrong, and how many documents there were. Whether nothing was."""
    started = time.monotonic()
    attacked = paths[0].is_dir()
    files = sorted(paths[0].glob("*.spdx3.json")) if attacked else paths
    tried = {name: 0 for name, _ in BROKEN} if attacked else {}
    faults = []
    for path in files:
        document = json.loads(path.read_text(encoding="utf-8"))
        found = fault(document)
        if found is not None:
            faults.append(f"{path.name}: {found}")
        elif attacked:
            faults.extend(f"{path.name}: {name} was not seen" for name in attack(document, tried))
    faults.extend(f"no document could be broken by {name}" for name, times in tried.items() if times == 0)
    print("".join(f"{found}\n" for found in faults), end="")
    checked = len(files) + sum(tried.values())
    took = time.monotonic() - started
    print(
        f"Summary [{took:.1f}s] {checked} SPDX documents, {checked - len(files)} of them broken: "
        f"{max(checked - len(faults), 0)} passed, {len(faults)} failed"
    )
    return bool(files) and not faults


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(0 if main([pathlib.Path(path) for path in sys.argv[1:]]) else 1)
