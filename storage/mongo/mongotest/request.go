package mongotest

import (
	"go.mongodb.org/mongo-driver/v2/bson"
)

// request is one command while it is executed.
type request struct {
	name, db, collection string
	body                 bson.Raw
	connection           int64

	lsid          string // the session's, as bytes
	number        int64  // txnNumber
	numbered      bool   // it has a txnNumber
	transactional bool   // of a transaction: it has autocommit:false
	starts        bool   // the first of its transaction
	// txn is the open transaction of a statement; nil outside.
	txn *transaction
}

const (
	commitCommand = "commitTransaction"
	abortCommand  = "abortTransaction"
)

func newRequest(body bson.Raw, connection int64) *request {
	r := &request{body: body, connection: connection}
	if elements, err := body.Elements(); err == nil && len(elements) > 0 {
		first := elements[0]
		r.name = first.Key()
		r.collection, _ = first.Value().StringValueOK()
	}
	switch r.name {
	case "isMaster", "ismaster":
		r.name = "hello"
	case "getMore":
		r.collection, _ = body.Lookup("collection").StringValueOK()
	}
	r.db, _ = body.Lookup("$db").StringValueOK()
	if lsid, ok := body.Lookup("lsid").DocumentOK(); ok {
		r.lsid = string(lsid)
	}
	r.number, r.numbered = body.Lookup("txnNumber").AsInt64OK()
	auto, said := body.Lookup("autocommit").BooleanOK()
	r.transactional = said && !auto && r.numbered
	r.starts = r.flag("startTransaction")
	return r
}

func (r *request) namespace() string { return r.db + "." + r.collection }

// flag is a field that is true only if it is said.
func (r *request) flag(name string) bool {
	yes, _ := r.body.Lookup(name).BooleanOK()
	return yes
}

// count is a field that counts, 0 if absent.
func (r *request) count(name string) int { return countOf(r.body, name) }

func countOf(d bson.Raw, name string) int {
	n, _ := d.Lookup(name).AsInt64OK()
	return int(n)
}

// document is a field that is a document, empty if absent.
func (r *request) document(name string) bson.Raw { return documentOf(r.body, name) }

func documentOf(d bson.Raw, name string) bson.Raw {
	if doc, ok := d.Lookup(name).DocumentOK(); ok {
		return doc
	}
	return emptyDocument
}

var emptyDocument = bson.Raw{5, 0, 0, 0, 0}

// documents is a field that is an array of documents.
func (r *request) documents(name string) ([]bson.Raw, error) {
	return documentsOf(name, r.body.Lookup(name))
}

func documentsOf(name string, list bson.RawValue) ([]bson.Raw, error) {
	if list.Type != bson.TypeArray {
		return nil, failed(codeTypeMismatch, "'%s' must be an array", name)
	}
	var all []bson.Raw
	for _, v := range elementsOf(list) {
		doc, ok := v.DocumentOK()
		if !ok {
			return nil, failed(codeTypeMismatch, "the elements of '%s' must be documents", name)
		}
		all = append(all, doc)
	}
	return all, nil
}

// refusing gives an error if one of the options is there: what changes the
// meaning of a command, and is not understood, is not left out silently.
func refusing(d bson.Raw, options ...string) error {
	for _, name := range options {
		if _, err := d.LookupErr(name); err == nil {
			return failed(codeInvalidOptions, "mongotest does not have the option '%s'", name)
		}
	}
	return nil
}
