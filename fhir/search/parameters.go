package search

// The parameters of HL7 FHIR R4 4.0.1, by the SearchParameter resources of that
// version (https://hl7.org/fhir/R4/searchparameter-registry.html). R4 looks
// only at the root provision of a Consent: what nested provisions name is not
// searched.

const definitions = "http://hl7.org/fhir/SearchParameter/"

// commonParameters are those of every resource
// (https://hl7.org/fhir/R4/resource.html#search).
func commonParameters(resourceType string) []Parameter {
	return []Parameter{
		{
			Name: "_id", Kind: KindToken, URL: definitions + "Resource-id",
			Expression: resourceType + ".id",
			Doc:        "The logical id of the resource",
			extract:    each(code, "id"),
		},
		{
			Name: "_lastUpdated", Kind: KindDate, URL: definitions + "Resource-lastUpdated",
			Expression: resourceType + ".meta.lastUpdated",
			Doc:        "When the version was stored",
			extract:    each(date, "meta", "lastUpdated"),
		},
		{
			Name: "_tag", Kind: KindToken, URL: definitions + "Resource-tag",
			Expression: resourceType + ".meta.tag",
			Doc:        "A tag of the resource",
			extract:    each(coding, "meta", "tag"),
		},
		{
			Name: "_security", Kind: KindToken, URL: definitions + "Resource-security",
			Expression: resourceType + ".meta.security",
			Doc:        "A security label of the resource itself",
			extract:    each(coding, "meta", "security"),
		},
		{
			Name: "_profile", Kind: KindURI, URL: definitions + "Resource-profile",
			Expression: resourceType + ".meta.profile",
			Doc:        "A profile that the resource claims to conform to",
			extract:    each(code, "meta", "profile"),
		},
		{
			Name: "_source", Kind: KindURI, URL: definitions + "Resource-source",
			Expression: resourceType + ".meta.source",
			Doc:        "Where the resource came from, as it says itself",
			extract:    each(code, "meta", "source"),
		},
	}
}

// consentParameters are those of https://hl7.org/fhir/R4/consent.html#search,
// all but action.
func consentParameters() []Parameter {
	parties := []string{"Organization", "Patient", "Practitioner", "PractitionerRole", "RelatedPerson"}
	return []Parameter{
		{
			Name: "identifier", Kind: KindToken, URL: definitions + "clinical-identifier",
			Expression: "Consent.identifier",
			Doc:        "A business identifier of the declaration",
			extract:    each(identifier, "identifier"),
		},
		{
			Name: "patient", Kind: KindReference, Targets: []string{"Patient"}, URL: definitions + "clinical-patient",
			Expression: "Consent.patient",
			Doc:        "Whose declaration it is; patient:identifier finds the person by system and value",
			extract:    each(reference, "patient"),
		},
		{
			Name: "status", Kind: KindToken, URL: definitions + "Consent-status",
			Expression: "Consent.status",
			Doc:        "draft, proposed, active, rejected, inactive (withdrawn) or entered-in-error (annulled)",
			system:     "http://hl7.org/fhir/consent-state-codes",
			extract:    each(coded("http://hl7.org/fhir/consent-state-codes"), "status"),
		},
		{
			Name: "category", Kind: KindToken, URL: definitions + "Consent-category",
			Expression: "Consent.category",
			Doc:        "What kind of declaration it is, such as denial-health",
			extract:    each(concept, "category"),
		},
		{
			Name: "date", Kind: KindDate, URL: definitions + "clinical-date",
			Expression: "Consent.dateTime",
			Doc:        "When it was declared",
			extract:    each(date, "dateTime"),
		},
		{
			Name: "period", Kind: KindDate, URL: definitions + "Consent-period",
			Expression: "Consent.provision.period",
			Doc:        "When it is in force",
			extract:    each(period, "provision", "period"),
		},
		{
			Name: "actor", Kind: KindReference, URL: definitions + "Consent-actor",
			Targets:    append([]string{"CareTeam", "Device", "Group"}, parties...),
			Expression: "Consent.provision.actor.reference",
			Doc:        "The controller or recipient that the declaration names",
			extract:    each(reference, "provision", "actor", "reference"),
		},
		{
			Name: "scope", Kind: KindToken, URL: definitions + "Consent-scope",
			Expression: "Consent.scope",
			Doc:        "Which of the areas of consent it is of",
			extract:    each(concept, "scope"),
		},
		{
			Name: "data", Kind: KindReference, URL: definitions + "Consent-data",
			Expression: "Consent.provision.data.reference",
			Doc:        "The service event, document or prescription that the declaration names",
			extract:    each(reference, "provision", "data", "reference"),
		},
		{
			Name: "source-reference", Kind: KindReference, URL: definitions + "Consent-source-reference",
			Targets:    []string{"Consent", "Contract", "DocumentReference", "QuestionnaireResponse"},
			Expression: "Consent.source",
			Doc:        "The document that the declaration was taken from",
			extract:    each(reference, "sourceReference"),
		},
		{
			Name: "organization", Kind: KindReference, Targets: []string{"Organization"}, URL: definitions + "Consent-organization",
			Expression: "Consent.organization",
			Doc:        "The organisation that keeps the declaration",
			extract:    each(reference, "organization"),
		},
		{
			Name: "consentor", Kind: KindReference, Targets: parties, URL: definitions + "Consent-consentor",
			Expression: "Consent.performer",
			Doc:        "Who declared it",
			extract:    each(reference, "performer"),
		},
		{
			Name: "security-label", Kind: KindToken, URL: definitions + "Consent-security-label",
			Expression: "Consent.provision.securityLabel",
			Doc:        "A security label of the data that the declaration is about",
			extract:    each(coding, "provision", "securityLabel"),
		},
		{
			Name: "purpose", Kind: KindToken, URL: definitions + "Consent-purpose",
			Expression: "Consent.provision.purpose",
			Doc:        "The purpose of use that the declaration is about, such as ETREAT",
			extract:    each(coding, "provision", "purpose"),
		},
	}
}

// provenanceParameters are those of
// https://hl7.org/fhir/R4/provenance.html#search, all but signature-type.
func provenanceParameters() []Parameter {
	return []Parameter{
		{
			Name: "target", Kind: KindReference, URL: definitions + "Provenance-target",
			Expression: "Provenance.target",
			Doc:        "The declaration that it tells about, often one version of it",
			extract:    each(reference, "target"),
		},
		{
			Name: "agent", Kind: KindReference, URL: definitions + "Provenance-agent",
			Targets:    []string{"Device", "Organization", "Patient", "Practitioner", "PractitionerRole", "RelatedPerson"},
			Expression: "Provenance.agent.who",
			Doc:        "Who declared or recorded",
			extract:    each(reference, "agent", "who"),
		},
		{
			Name: "agent-role", Kind: KindToken, URL: definitions + "Provenance-agent-role",
			Expression: "Provenance.agent.role",
			Doc:        "In which role: client, legal representative, professional or service unit",
			extract:    each(concept, "agent", "role"),
		},
		{
			Name: "agent-type", Kind: KindToken, URL: definitions + "Provenance-agent-type",
			Expression: "Provenance.agent.type",
			Doc:        "How the agent took part",
			extract:    each(concept, "agent", "type"),
		},
		{
			Name: "patient", Kind: KindReference, Targets: []string{"Patient"}, URL: definitions + "Provenance-patient",
			Expression: "Provenance.target.where(resolve() is Patient)",
			Doc:        "A target that is a person",
			extract:    each(patientReference, "target"),
		},
		{
			Name: "recorded", Kind: KindDate, URL: definitions + "Provenance-recorded",
			Expression: "Provenance.recorded",
			Doc:        "When it was recorded",
			extract:    each(date, "recorded"),
		},
		{
			Name: "when", Kind: KindDate, URL: definitions + "Provenance-when",
			Expression: "(Provenance.occurred as dateTime) | (Provenance.occurred as Period)",
			Doc:        "When the declaration was made; HL7's definition has only the dateTime, here a Period counts too",
			extract:    both(each(date, "occurredDateTime"), each(period, "occurredPeriod")),
		},
		{
			Name: "entity", Kind: KindReference, URL: definitions + "Provenance-entity",
			Expression: "Provenance.entity.what",
			Doc:        "What the declaration was made from",
			extract:    each(reference, "entity", "what"),
		},
		{
			Name: "location", Kind: KindReference, Targets: []string{"Location"}, URL: definitions + "Provenance-location",
			Expression: "Provenance.location",
			Doc:        "Where it was recorded",
			extract:    each(reference, "location"),
		},
	}
}
