package mongotest

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/wiremessage"
)

// The limits that hello tells the client.
const (
	maxDocument   = 16 << 20
	maxMessage    = 48_000_000
	maxStatements = 100_000
)

// message is one command as it came in.
type message struct {
	id     int32
	op     wiremessage.OpCode
	body   bson.Raw // with the sequences of documents as arrays in it
	silent bool     // the client waits for no reply
}

var errMessage = errors.New("mongotest: a message that is none of the wire protocol's")

const headerSize = 16

// readMessage reads a message of the wire protocol: OP_MSG, or OP_QUERY, as
// which the driver sends the first handshake
// (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/).
func readMessage(r io.Reader) (message, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return message{}, err
	}
	length := binary.LittleEndian.Uint32(size[:])
	if length < headerSize || length > maxMessage {
		return message{}, errMessage
	}
	whole := make([]byte, length)
	copy(whole, size[:])
	if _, err := io.ReadFull(r, whole[len(size):]); err != nil {
		return message{}, err
	}
	_, id, _, op, rest, ok := wiremessage.ReadHeader(whole)
	m := message{id: id, op: op}
	switch {
	case ok && op == wiremessage.OpMsg:
		return m.msg(rest)
	case ok && op == wiremessage.OpQuery:
		return m.query(rest)
	}
	return message{}, errMessage
}

func (m message) msg(rest []byte) (message, error) {
	flags, rest, ok := wiremessage.ReadMsgFlags(rest)
	if !ok {
		return message{}, errMessage
	}
	if flags&wiremessage.ChecksumPresent != 0 {
		rest = rest[:max(0, len(rest)-4)]
	}
	m.silent = flags&wiremessage.MoreToCome != 0
	var sequences []byte
	for len(rest) > 0 {
		var kind wiremessage.SectionType
		if kind, rest, ok = wiremessage.ReadMsgSectionType(rest); !ok {
			return message{}, errMessage
		}
		switch kind {
		case wiremessage.SingleDocument:
			var doc bsoncore.Document
			doc, rest, ok = wiremessage.ReadMsgSectionSingleDocument(rest)
			m.body = bson.Raw(doc)
		case wiremessage.DocumentSequence:
			var name string
			var docs []bsoncore.Document
			name, docs, rest, ok = wiremessage.ReadMsgSectionDocumentSequence(rest)
			sequences = appendDocuments(sequences, name, docs)
		default:
			ok = false
		}
		if !ok {
			return message{}, errMessage
		}
	}
	return m.with(sequences)
}

func appendDocuments(dst []byte, name string, docs []bsoncore.Document) []byte {
	list := bsoncore.NewArrayBuilder()
	for _, doc := range docs {
		list.AppendDocument(doc)
	}
	return bsoncore.AppendArrayElement(dst, name, list.Build())
}

// with adds elements to the body, so that a command reads the same whether its
// documents came in it or behind it.
func (m message) with(elements []byte) (message, error) {
	if err := m.body.Validate(); err != nil {
		return message{}, err
	}
	body := append([]byte{}, m.body[4:len(m.body)-1]...)
	m.body = bson.Raw(bsoncore.BuildDocument(nil, append(body, elements...)))
	return m, nil
}

// query reads an OP_QUERY on "database.$cmd": the name of the database is what
// OP_MSG has in $db.
func (m message) query(rest []byte) (message, error) {
	_, rest, ok1 := wiremessage.ReadQueryFlags(rest)
	name, rest, ok2 := wiremessage.ReadQueryFullCollectionName(rest)
	_, rest, ok3 := wiremessage.ReadQueryNumberToSkip(rest)
	_, rest, ok4 := wiremessage.ReadQueryNumberToReturn(rest)
	doc, _, ok5 := wiremessage.ReadQueryQuery(rest)
	db, found := strings.CutSuffix(name, ".$cmd")
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && found) {
		return message{}, errMessage
	}
	m.body = bson.Raw(doc)
	if inner, err := m.body.LookupErr("$query"); err == nil && inner.Type == bson.TypeEmbeddedDocument {
		m.body = inner.Document()
	}
	return m.with(bsoncore.AppendStringElement(nil, "$db", db))
}

// reply sends the answer in the form of the question.
func (m message) reply(w io.Writer, reply bson.D) error {
	body, err := bson.Marshal(reply)
	if err != nil {
		return err
	}
	kind := wiremessage.OpMsg
	if m.op == wiremessage.OpQuery {
		kind = wiremessage.OpReply
	}
	at, dst := wiremessage.AppendHeaderStart(nil, wiremessage.NextRequestID(), m.id, kind)
	if kind == wiremessage.OpReply {
		dst = wiremessage.AppendReplyFlags(dst, 0)
		dst = wiremessage.AppendReplyCursorID(dst, 0)
		dst = wiremessage.AppendReplyStartingFrom(dst, 0)
		dst = wiremessage.AppendReplyNumberReturned(dst, 1)
	} else {
		dst = wiremessage.AppendMsgFlags(dst, 0)
		dst = wiremessage.AppendMsgSectionType(dst, wiremessage.SingleDocument)
	}
	dst = append(dst, body...)
	_, err = w.Write(bsoncore.UpdateLength(dst, at, int32(len(dst))))
	return err
}
