package kit

// The elements of a TestScript that are written
// (https://hl7.org/fhir/R4/testscript.html).
type (
	testScript struct {
		ResourceType string           `json:"resourceType"`
		ID           string           `json:"id"`
		Contained    []any            `json:"contained,omitempty"`
		URL          string           `json:"url"`
		Name         string           `json:"name"`
		Title        string           `json:"title"`
		Status       string           `json:"status"`
		Date         string           `json:"date"`
		Description  string           `json:"description"`
		Metadata     scriptMetadata   `json:"metadata"`
		Fixture      []scriptFixture  `json:"fixture,omitempty"`
		Variable     []scriptVariable `json:"variable,omitempty"`
		Test         []scriptTest     `json:"test"`
	}
	scriptMetadata struct {
		Link       []scriptLink       `json:"link,omitempty"`
		Capability []scriptCapability `json:"capability"`
	}
	scriptLink struct {
		URL         string `json:"url"`
		Description string `json:"description"`
	}
	scriptCapability struct {
		Required     bool     `json:"required"`
		Validated    bool     `json:"validated"`
		Description  string   `json:"description"`
		Link         []string `json:"link,omitempty"`
		Capabilities string   `json:"capabilities"`
	}
	scriptFixture struct {
		ID         string          `json:"id"`
		Autocreate bool            `json:"autocreate"`
		Autodelete bool            `json:"autodelete"`
		Resource   scriptReference `json:"resource"`
	}
	scriptReference struct {
		Reference string `json:"reference"`
	}
	scriptVariable struct {
		Name         string `json:"name"`
		DefaultValue string `json:"defaultValue,omitempty"`
		Description  string `json:"description,omitempty"`
		Expression   string `json:"expression,omitempty"`
		HeaderField  string `json:"headerField,omitempty"`
		SourceID     string `json:"sourceId,omitempty"`
	}
	scriptTest struct {
		Name        string         `json:"name"`
		Description string         `json:"description"`
		Action      []scriptAction `json:"action"`
	}
	scriptAction struct {
		Operation *scriptOperation `json:"operation,omitempty"`
		Assert    *scriptAssert    `json:"assert,omitempty"`
	}
	scriptOperation struct {
		Type             *scriptCoding  `json:"type,omitempty"`
		Resource         string         `json:"resource,omitempty"`
		Description      string         `json:"description"`
		Accept           string         `json:"accept,omitempty"`
		ContentType      string         `json:"contentType,omitempty"`
		EncodeRequestURL bool           `json:"encodeRequestUrl"`
		Method           string         `json:"method"`
		Params           string         `json:"params,omitempty"`
		RequestHeader    []scriptHeader `json:"requestHeader,omitempty"`
		ResponseID       string         `json:"responseId"`
		SourceID         string         `json:"sourceId,omitempty"`
		URL              string         `json:"url,omitempty"`
	}
	scriptCoding struct {
		System string `json:"system"`
		Code   string `json:"code"`
	}
	scriptHeader struct {
		Field string `json:"field"`
		Value string `json:"value"`
	}
	scriptAssert struct {
		Description  string `json:"description"`
		Direction    string `json:"direction"`
		ContentType  string `json:"contentType,omitempty"`
		Expression   string `json:"expression,omitempty"`
		HeaderField  string `json:"headerField,omitempty"`
		Operator     string `json:"operator,omitempty"`
		Resource     string `json:"resource,omitempty"`
		ResponseCode string `json:"responseCode,omitempty"`
		Value        string `json:"value,omitempty"`
		WarningOnly  bool   `json:"warningOnly"`
	}
)
