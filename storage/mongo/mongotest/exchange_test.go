package mongotest_test

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/wiremessage"

	"tahto/storage/mongo/mongotest"
)

// exchange sends one command on a connection of its own, as it is: the driver
// would not let a session's fields be made up.
func exchange(t *testing.T, s *mongotest.Server, command d) (bson.Raw, error) {
	t.Helper()
	u, err := url.Parse(s.URI())
	must(t, err)
	conn, err := net.Dial("tcp", u.Host)
	must(t, err)
	defer conn.Close()
	body, err := bson.Marshal(command)
	must(t, err)
	m := wiremessage.AppendHeader(nil, int32(16+4+1+len(body)), 7, 0, wiremessage.OpMsg)
	m = wiremessage.AppendMsgFlags(m, 0)
	m = wiremessage.AppendMsgSectionType(m, wiremessage.SingleDocument)
	if _, err := conn.Write(append(m, body...)); err != nil {
		return nil, err
	}
	var size [4]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return nil, err
	}
	reply := make([]byte, binary.LittleEndian.Uint32(size[:])-4)
	if _, err := io.ReadFull(conn, reply); err != nil {
		return nil, err
	}
	return bson.Raw(reply[12+4+1:]), nil
}

// serverError is the error that the reply of a made-up command has.
func serverError(t *testing.T, s *mongotest.Server, command d) error {
	t.Helper()
	reply, err := exchange(t, s, append(command, bson.E{Key: "$db", Value: "db"}))
	must(t, err)
	if reply.Lookup("ok").AsFloat64() == 1 {
		return nil
	}
	failure := mongo.CommandError{Code: reply.Lookup("code").Int32(), Message: reply.Lookup("errmsg").StringValue()}
	if list, ok := reply.Lookup("errorLabels").ArrayOK(); ok {
		values, _ := list.Values()
		for _, v := range values {
			failure.Labels = append(failure.Labels, v.StringValue())
		}
	}
	return failure
}
