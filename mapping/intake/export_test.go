package intake

// RuleNames names every rule of the table, by its number, code and text or, of
// one that words its text, its place.
func RuleNames() []string {
	names := make([]string, 0, len(table))
	for i := range table {
		names = append(names, table[i].name())
	}
	return names
}

// Broken names the rules that refuse a submission.
func (r Rules) Broken(s Submission) []string {
	var names []string
	m := r.matter(&s)
	for i := range table {
		if table[i].asked(&m) && table[i].broken(&m) {
			names = append(names, table[i].name())
		}
	}
	return names
}

// Law is the source that a rule names.
func Laws() []string {
	var all []string
	for i := range table {
		all = append(all, table[i].law)
	}
	return all
}

func (r *rule) name() string { return r.id + " " + r.code + " " + r.law + " " + r.text }
