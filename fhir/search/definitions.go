package search

// NewDefinitionRegistry makes the registry of the definitions that the server
// is held to and serves, such as StructureDefinition and CodeSystem. They are
// found by id, by canonical url, and by the few things that people look for.
// It fails as [NewRegistry] does.
func NewDefinitionRegistry(bases ...string) (*Registry, error) {
	types := map[string][]Parameter{
		// R4 gives a NamingSystem neither url nor version.
		"NamingSystem": append(commonParameters("NamingSystem"), definitionStatus("NamingSystem"), Parameter{
			Name: "value", Kind: KindToken, URL: definitions + "NamingSystem-value", Expression: "NamingSystem.uniqueId.value",
			Doc: "The identifier of the system, such as its URI", extract: each(code, "uniqueId", "value"),
		}),
	}
	for resourceType, own := range map[string][]Parameter{
		"CodeSystem": nil, "ConceptMap": nil, "ValueSet": nil,
		"OperationDefinition": {{
			Name: "code", Kind: KindToken, URL: definitions + "OperationDefinition-code", Expression: "OperationDefinition.code",
			Doc: "The name by which the operation is called", extract: each(code, "code"),
		}},
		"SearchParameter": {{
			Name: "code", Kind: KindToken, URL: definitions + "SearchParameter-code", Expression: "SearchParameter.code",
			Doc: "The name by which a search calls it", extract: each(code, "code"),
		}, {
			Name: "base", Kind: KindToken, URL: definitions + "SearchParameter-base", Expression: "SearchParameter.base",
			Doc: "The type of resource that it is for", extract: each(code, "base"),
		}},
		"StructureDefinition": {{
			Name: "type", Kind: KindURI, URL: definitions + "StructureDefinition-type", Expression: "StructureDefinition.type",
			Doc: "The type that it defines or constrains", extract: each(code, "type"),
		}},
	} {
		types[resourceType] = append(definitionParameters(resourceType), own...)
	}
	return newRegistry(types, bases)
}

// definitionParameters are those of every definition that has a canonical
// (https://hl7.org/fhir/R4/resource.html#canonical).
func definitionParameters(resourceType string) []Parameter {
	return append(commonParameters(resourceType), Parameter{
		Name: "url", Kind: KindURI, URL: definitions + "conformance-url", Expression: resourceType + ".url",
		Doc: "The canonical of the definition", extract: each(code, "url"),
	}, Parameter{
		Name: "version", Kind: KindToken, URL: definitions + "conformance-version", Expression: resourceType + ".version",
		Doc: "The business version of the definition", extract: each(code, "version"),
	}, definitionStatus(resourceType))
}

func definitionStatus(resourceType string) Parameter {
	return Parameter{
		Name: "status", Kind: KindToken, URL: definitions + "conformance-status", Expression: resourceType + ".status",
		Doc:    "draft, active, retired or unknown",
		system: publicationStatus, extract: each(coded(publicationStatus), "status"),
	}
}

const publicationStatus = "http://hl7.org/fhir/publication-status"
