package main

// consentScope is the code system that the published ppc-2 to ppc-5 mean.
const consentScope = "http://terminology.hl7.org/CodeSystem/consentscope"

// corrections are the faults of 4.0.1's constraints that are known, each with
// what is wrong; later versions of FHIR have set most of them right. An
// expression that comes to nothing does not hold, so one that forgets that an
// element may be missing refuses what it should not. SOURCES.md lists them for
// readers.
var corrections = []correction{
	ppc("ppc-2", "patient-privacy"), ppc("ppc-3", "research"), ppc("ppc-4", "adr"), ppc("ppc-5", "treatment"),
	{
		key: "dom-3",
		was: "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()",
		is:  "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().ofType(canonical) | %resource.descendants().ofType(uri) | %resource.descendants().ofType(url))) or descendants().where(reference = '#').exists() or descendants().where(ofType(canonical) = '#').exists() or descendants().where(ofType(uri) = '#').exists()).not()).empty()",
		why: "asks as() of many items, which is an error, and twice for canonical where uri is meant",
	},
	{
		key: "bdl-8", was: "fullUrl.contains('/_history/').not()",
		is:  "fullUrl.empty() or fullUrl.contains('/_history/').not()",
		why: "refuses every entry without a fullUrl, which is allowed",
	},
	{
		key: "ref-1",
		was: "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))",
		is: "reference.empty() or reference.startsWith('#').not() or (reference = '#' and %resource != %rootResource)" +
			" or (reference.substring(1) in %rootResource.contained.id)",
		why: "refuses a Reference that has an identifier only, and # for the resource that contains this one",
	},
	{
		key: "per-1", was: "start.hasValue().not() or end.hasValue().not() or (start <= end)",
		is:  "start.hasValue().not() or end.hasValue().not() or (start > end).allFalse()",
		why: "refuses a period whose two times can't be compared because one is less precise",
	},
	{
		key: "rng-2", was: "low.empty() or high.empty() or (low <= high)",
		is:  "low.empty() or high.empty() or (low > high).allFalse()",
		why: "refuses a range whose two quantities can't be compared",
	},
	{
		key: "tim-9", was: "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))",
		is:  "offset.empty() or (when.exists() and when.select($this in ('C' | 'CM' | 'CD' | 'CV')).allFalse())",
		why: "fails where when repeats, which it may",
	},
	{
		key: "ras-2", was: "probability is decimal implies (probability as decimal) <= 100",
		is:  "probability.empty() or (probability is decimal implies (probability as decimal) <= 100)",
		why: "refuses a prediction without a probability, which is optional",
	},
	{
		key: "mdd-1", was: "whenHandedOver.empty() or whenPrepared.empty() or whenHandedOver >= whenPrepared",
		is:  "whenHandedOver.empty() or whenPrepared.empty() or (whenHandedOver < whenPrepared).allFalse()",
		why: "refuses times that can't be compared because one is less precise",
	},
	{
		key: "inv-1", was: "lastModified.exists().not() or authoredOn.exists().not() or lastModified >= authoredOn",
		is:  "lastModified.exists().not() or authoredOn.exists().not() or (lastModified < authoredOn).allFalse()",
		why: "refuses times that can't be compared because one is less precise (Task)",
	},
	{
		key: "inv-1", was: "substanceExposureRisk.exists() and code.empty()",
		is:  "%resource.code.empty()",
		why: "is said of the extension, but written as if of the resource (allergyintolerance-substanceExposureRisk)",
	},
	{
		key: "con-3",
		was: "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() or category.select($this='problem-list-item').empty()",
		is:  "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() or category.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-category' and code='problem-list-item').empty()",
		why: "compares a CodeableConcept with a string",
	},
	{
		key: "que-7", was: "operator = 'exists' implies (answer is Boolean)",
		is:  "operator = 'exists' implies (answer is boolean)",
		why: "asks for a type of FHIRPath's own, which no element has",
	},
	{
		key: "que-12", was: "enableWhen.count() > 2 implies enableBehavior.exists()",
		is:  "enableWhen.count() > 1 implies enableBehavior.exists()",
		why: "lets pass two conditions of which nobody says how they combine; the words say more than one",
	},
	{
		key: "cid-0", was: "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')",
		why: "asks for a name, which a ChargeItemDefinition does not have; taken away",
	},
	{
		key: "*-0", was: "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')",
		is:  "name.empty() or name.matches('[A-Z]([A-Za-z0-9_]){0,254}')",
		why: "warns where there is no name, which is optional in most",
	},
}

func ppc(key, code string) correction {
	expression := func(system string) string {
		return "patient.exists() or scope.coding.where(system='" + system + "' and code='" + code + "').exists().not()"
	}
	return correction{key: key, was: expression("something"), is: expression(consentScope),
		why: "tests for the system 'something', a placeholder, and never fires"}
}
