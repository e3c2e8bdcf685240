package mongo_test

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"tahto/storage/mongo/mongotest"
)

// rewriting stands before a double and changes its replies, by the name of the
// command ("hello" for the first, which has another form).
type rewriting func(command string, reply bson.D) bson.D

// before starts it, and gives the host to connect to. The double must not tell
// its own address: a mongos or a standalone server does not.
func before(t testing.TB, s *mongotest.Server, rewrite rewriting) (host string) {
	t.Helper()
	u, err := url.Parse(s.URI())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go pass(c, u.Host, rewrite)
		}
	}()
	return listener.Addr().String()
}

// pass takes each message there and each reply back, until one side ends.
func pass(c net.Conn, host string, rewrite rewriting) {
	defer c.Close()
	there, err := net.Dial("tcp", host)
	if err != nil {
		return
	}
	defer there.Close()
	for {
		asked, err := message(c)
		if err != nil {
			return
		}
		if _, err := there.Write(asked); err != nil {
			return
		}
		reply, err := message(there)
		if err != nil {
			return
		}
		if reply, err = rewritten(asked, reply, rewrite); err != nil {
			return
		}
		if _, err := c.Write(reply); err != nil {
			return
		}
	}
}

func message(r io.Reader) ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	whole := make([]byte, binary.LittleEndian.Uint32(head))
	copy(whole, head)
	_, err := io.ReadFull(r, whole[4:])
	return whole, err
}

// Where the document begins in an OP_MSG and in an OP_REPLY
// (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/).
const (
	opMsg     = 2013
	inMessage = 21
	inReply   = 36
)

func operation(m []byte) uint32 { return binary.LittleEndian.Uint32(m[12:]) }

func rewritten(asked, reply []byte, rewrite rewriting) ([]byte, error) {
	command, at := "hello", inReply
	if operation(asked) == opMsg {
		elements, err := bson.Raw(asked[inMessage:]).Elements()
		if err != nil || len(elements) == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		command, at = elements[0].Key(), inMessage
	}
	var doc bson.D
	if err := bson.Unmarshal(reply[at:], &doc); err != nil {
		return nil, err
	}
	body, err := bson.Marshal(rewrite(command, doc))
	if err != nil {
		return nil, err
	}
	reply = append(reply[:at:at], body...)
	binary.LittleEndian.PutUint32(reply, uint32(len(reply)))
	return reply, nil
}

// with sets a field.
func with(d bson.D, key string, value any) bson.D {
	for i := range d {
		if d[i].Key == key {
			d[i].Value = value
			return d
		}
	}
	return append(d, bson.E{Key: key, Value: value})
}
