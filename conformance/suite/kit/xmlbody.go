package kit

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The namespaces of a resource in XML (https://hl7.org/fhir/R4/xml.html).
const (
	fhirNamespace  = "http://hl7.org/fhir"
	xhtmlNamespace = "http://www.w3.org/1999/xhtml"
)

// readXML is a resource in XML as JSON that FHIRPath can be asked of. It knows
// no definitions, on purpose, since those of a server may be what is wrong: an
// element that is there once is no list, which FHIRPath does not tell apart; true
// and false are booleans; every other value is a text, so that a number is
// compared as x.toInteger() or toString().
func readXML(data []byte) ([]byte, error) {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("no XML: %w", err)
		}
		root, is := token.(xml.StartElement)
		if !is {
			continue
		}
		resource, err := readElement(decoder, root, 0)
		if err != nil {
			return nil, err
		}
		if err := ended(decoder); err != nil {
			return nil, err
		}
		members, _ := resource.(object)
		if members == nil {
			members = object{}
		}
		members["resourceType"] = root.Name.Local
		return json.Marshal(members)
	}
}

// ended tells of what comes after the root: only space and comments may.
func ended(decoder *xml.Decoder) error {
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("no XML: %w", err)
		}
		if _, is := token.(xml.StartElement); is {
			return errors.New("the XML has two roots")
		}
	}
}

// deepest is how deep elements may lie in each other.
const deepest = 200

// readElement reads to the end of an element: its value, or its members.
func readElement(decoder *xml.Decoder, start xml.StartElement, depth int) (any, error) {
	if start.Name.Space == xhtmlNamespace {
		return readDiv(decoder)
	}
	if start.Name.Space != fhirNamespace || depth > deepest {
		return nil, fmt.Errorf("the element %s has the namespace %q or lies too deep", start.Name.Local, start.Name.Space)
	}
	members := object{}
	var value *string
	for _, a := range start.Attr {
		switch {
		case a.Name.Local == "value":
			value = &a.Value
		case a.Name.Space == "" && a.Name.Local != "xmlns":
			members[a.Name.Local] = a.Value
		}
	}
	if err := readMembers(decoder, members, depth); err != nil {
		return nil, err
	}
	return valued(value, members, start.Name.Local), nil
}

// valued is an element's value or members; of a value that has members too, the
// value.
func valued(value *string, members object, name string) any {
	switch {
	case value == nil && (name == "resource" || name == "contained" || name == "outcome") && len(members) == 1:
		for resourceType, inner := range members {
			if within, is := inner.(object); is && strings.ToUpper(resourceType[:1]) == resourceType[:1] {
				within["resourceType"] = resourceType
				return within
			}
		}
	case value != nil && (*value == "true" || *value == "false"):
		return *value == "true"
	case value != nil:
		return *value
	}
	return members
}

func readMembers(decoder *xml.Decoder, members object, depth int) error {
	for {
		token, err := decoder.Token()
		if err != nil {
			return fmt.Errorf("no XML: %w", err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			return nil
		case xml.CharData:
			if len(bytes.TrimSpace(token)) > 0 {
				return errors.New("the XML has text outside the narrative")
			}
		case xml.StartElement:
			inner, err := readElement(decoder, token, depth+1)
			if err != nil {
				return err
			}
			put(members, token.Name.Local, inner)
		}
	}
}

// put makes a list of what is there again.
func put(members object, name string, value any) {
	switch before := members[name].(type) {
	case nil:
		members[name] = value
	case []any:
		members[name] = append(before, value)
	default:
		members[name] = []any{before, value}
	}
}

// readDiv is the text of the narrative.
func readDiv(decoder *xml.Decoder) (string, error) {
	var text strings.Builder
	for depth := 1; depth > 0; {
		token, err := decoder.Token()
		if err != nil {
			return "", fmt.Errorf("no XML: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			text.Write(token)
		}
	}
	return text.String(), nil
}
