package kit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// hole is a variable in a text, perhaps with what stands in for it.
var hole = regexp.MustCompile(`\$\{([A-Za-z0-9]+)(?::-([^}]*))?\}`)

// expand puts the variables into a text. A variable that is not there is an
// error: the request would be another one than the case means.
func (v variables) expand(text string) (string, error) {
	if !strings.Contains(text, "${") {
		return text, nil
	}
	var missing []string
	expanded := hole.ReplaceAllStringFunc(text, func(found string) string {
		parts := hole.FindStringSubmatch(found)
		value, known := v[parts[1]]
		switch {
		case known:
			return value
		case strings.Contains(found, ":-"):
			return parts[2]
		}
		missing = append(missing, parts[1])
		return found
	})
	if missing != nil {
		return "", fmt.Errorf("nothing says what the variable %s is", strings.Join(missing, ", "))
	}
	return expanded, nil
}

func (v variables) expandAll(texts []string) ([]string, error) {
	expanded := make([]string, len(texts))
	for i, text := range texts {
		var err error
		if expanded[i], err = v.expand(text); err != nil {
			return nil, err
		}
	}
	return expanded, nil
}

// expandJSON makes a body: variables are put in and templates are built.
// Numbers keep their text.
func (v variables) expandJSON(data []byte) ([]byte, error) {
	value, err := decode(data)
	if err != nil {
		return nil, err
	}
	if value, err = v.build(value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

func decode(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

func (v variables) build(value any) (any, error) {
	switch value := value.(type) {
	case string:
		return v.expand(value)
	case []any:
		built := make([]any, len(value))
		for i := range value {
			var err error
			if built[i], err = v.build(value[i]); err != nil {
				return nil, err
			}
		}
		return built, nil
	case map[string]any:
		if _, is := value["$template"]; is {
			return v.template(value)
		}
		return v.members(value)
	}
	return value, nil
}

func (v variables) members(object map[string]any) (map[string]any, error) {
	built := make(map[string]any, len(object))
	for name, value := range object {
		var err error
		if built[name], err = v.build(value); err != nil {
			return nil, err
		}
	}
	return built, nil
}

// templates are read once; the error is one of the file.
var templates = sync.OnceValues(func() (map[string]json.RawMessage, error) {
	data, err := files.ReadFile("cases/" + templatesFile)
	if err != nil {
		return nil, err
	}
	var all map[string]json.RawMessage
	err = json.Unmarshal(data, &all)
	return all, err
})

// template builds what an object with $template stands for.
func (v variables) template(call map[string]any) (any, error) {
	built, err := v.called(call)
	if err != nil {
		return nil, err
	}
	patch, err := v.part(call, "$with")
	if err != nil {
		return nil, err
	}
	built, _ = patched(built, patch).(map[string]any) // of two objects it is one
	more, err := v.part(call, "$append")
	if err != nil {
		return nil, err
	}
	for name, items := range more {
		list, _ := built[name].([]any)
		added, _ := items.([]any)
		built[name] = slices.Concat(list, added)
	}
	return built, nil
}

// called is the template itself, with the variables of $let.
func (v variables) called(call map[string]any) (map[string]any, error) {
	all, err := templates()
	if err != nil {
		return nil, err
	}
	source, known := all[fmt.Sprint(call["$template"])]
	if !known {
		return nil, fmt.Errorf("there is no template %v", call["$template"])
	}
	value, err := decode(source)
	if err != nil {
		return nil, err
	}
	let, err := v.part(call, "$let")
	if err != nil {
		return nil, err
	}
	given := variables{}
	for name, text := range let {
		given[name] = fmt.Sprint(text)
	}
	built, err := v.and(given).build(value)
	if err != nil {
		return nil, err
	}
	object, ok := built.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the template %v is no object", call["$template"])
	}
	return object, nil
}

func (v variables) part(call map[string]any, name string) (map[string]any, error) {
	object, _ := call[name].(map[string]any)
	return v.members(object)
}

// patched is a value with a merge patch applied (RFC 7396 §2).
func patched(value, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, ok := value.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	for name, change := range changes {
		if change == nil {
			delete(object, name)
			continue
		}
		object[name] = patched(object[name], change)
	}
	return object
}
