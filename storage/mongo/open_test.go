package mongo_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	official "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"tahto/storage/driver"
	"tahto/storage/mongo"
	"tahto/storage/mongo/mongotest"
)

// password is in the URIs of these tests; no four characters of it are a word.
const password = "zQ7xK9vW3j"

// refused opens what can't be opened, and gives the words of the error, which
// must have come within ten seconds and hold nothing of the password.
func refused(t *testing.T, uri string, o mongo.Options) string {
	t.Helper()
	began := time.Now()
	e, err := mongo.Open(t.Context(), uri, o)
	took := time.Since(began)
	if err == nil {
		t.Error("it was opened")
		_ = e.Close()
		return ""
	}
	if took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	discloses(t, err.Error())
	return err.Error()
}

func discloses(t *testing.T, text string) {
	t.Helper()
	for i := range len(password) - 3 {
		if part := password[i : i+4]; strings.Contains(text, part) {
			t.Errorf("%q of the password is in the error: %s", part, text)
			return
		}
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	var cases []func()
	for name, host := range map[string]string{
		"nobody listens":        nobody.Addr().String(),
		"nobody answers":        silent.Addr().String(),
		"the name is of nobody": "nobody.invalid:27017",
	} {
		for _, uri := range []string{"mongodb://user:" + password + "@" + host, "mongodb://" + host + "/?replicaSet=rs0"} {
			cases = append(cases, func() {
				text := refused(t, uri, mongo.Options{})
				if !strings.Contains(text, host) || !strings.Contains(text, "no primary of the MongoDB answered") {
					t.Errorf("%s: it does not say that %s did not answer: %s", name, host, text)
				}
			})
		}
	}
	together(cases)
}

func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	double := mongotest.Start(t, mongotest.Options{Sharded: true})
	for _, code := range []int32{18, 13} {
		host := before(t, double, func(command string, reply bson.D) bson.D {
			if command == "saslStart" {
				reply = with(with(with(reply, "code", code), "codeName", "AuthenticationFailed"), "errmsg", "Authentication failed for "+password)
			}
			return reply
		})
		text := refused(t, "mongodb://user:"+password+"@"+host+"/", mongo.Options{})
		if !strings.Contains(text, "credentials") || !strings.Contains(text, "authSource") {
			t.Errorf("it does not say that the credentials are wrong: %s", text)
		}
	}
}

func TestBadURIsAreNotRepeated(t *testing.T) {
	t.Parallel()
	half := len(password) / 2
	var cases []func()
	for _, uri := range []string{
		"mongodb://user:" + password + "@",
		"mongodb://user:" + password,
		"mongodb://user:" + password + "/x",
		"mongodb://user:" + password[:half] + "@" + password[half:] + "@localhost:1",
		"mongodb://user:" + password[:half] + ":" + password[half:] + "@localhost:1",
		"mongodb://user:" + password[:half] + "/" + password[half:] + "@localhost:1",
		"mongodb://user:" + password[:half] + "%" + password[half:] + "@localhost:1",
		"mongodb://user:" + password[:half] + "%zz" + password[half:] + "@localhost:1",
		"mongodb://user:" + password[:half] + "?" + password[half:] + "@localhost:1",
		"mongodb://user:" + password[:half] + "#" + password[half:] + "@localhost:1",
		"mongodb://user:" + password[:half] + " " + password[half:] + "@local host:1",
		"mongodb://user%zz:" + password + "@localhost:1",
		"mongodb://:" + password + "@localhost:1",
		"mongodb://user:" + password + "@localhost:port",
		"mongodb://user:" + password + "@localhost:1/?w=" + password,
		"mongodb://user:" + password + "@localhost:1/?authMechanism=" + password,
		"mongodb://user:" + password + "@localhost:1/?nonsense",
		"mongodb://localhost:1/?authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:" + password + "&tls=what",
		"mongodb://localhost:1/?authMechanismProperties=" + password,
		"mongodb://localhost:1/?authMechanism=PLAIN&authMechanismProperties=PASSWORD%3A" + password,
		"mongodb://localhost:1/?tlsCertificateKeyFilePassword=" + password + "&tls=what",
		"mongodb://localhost:1/?password=" + password + "&maxPoolSize=many",
		"mongodb+srv://user:" + password + "@localhost",
		"mongodb+srv://user:" + password + "@localhost:27017/",
		"mongodb+srv://user:" + password[:half] + "@" + password[half:] + "@nobody.invalid/",
		"mongodb+srv://user:" + password + "@nobody.invalid/",
		"postgres://user:" + password + "@localhost:1/",
		"user:" + password + "@localhost:1/",
	} {
		cases = append(cases, func() { refused(t, uri, mongo.Options{}) })
	}
	together(cases)
}

func TestStandaloneServerIsRefusedUnlessItIsAllowed(t *testing.T) {
	t.Parallel()
	s := mongotest.Start(t, mongotest.Options{Standalone: true})
	text := refused(t, s.URI(), mongo.Options{})
	for _, part := range []string{"standalone", "transaction", "--replSet", "rs.initiate()", "-mongo-standalone"} {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q: %s", part, text)
		}
	}
	if n := len(s.Documents("tahto", "schema")); n != 0 {
		t.Error("it was written to")
	}
	e := engine(t, s, mongo.Options{Standalone: true})
	if err := e.Update(t.Context(), func(w driver.Writer) error { return w.Append(t.Context(), a(1)) }); err != nil {
		t.Error(err)
	}
	err := e.Update(t.Context(), func(w driver.Writer) error {
		return errors.Join(w.Append(t.Context(), a(2)), w.Append(t.Context(), p()))
	})
	if !errors.Is(err, driver.ErrOneDocument) {
		t.Errorf("two documents: got %v, want ErrOneDocument", err)
	}
}

func TestOldMongoDBIsRefused(t *testing.T) {
	t.Parallel()
	double := mongotest.Start(t, mongotest.Options{Sharded: true})
	for wire, part := range map[int32]string{9: "older than 5.0", 12: "older than 5.0", 6: "wire version"} {
		host := before(t, double, func(command string, reply bson.D) bson.D {
			if command == "hello" {
				reply = with(reply, "maxWireVersion", wire)
			}
			return reply
		})
		if text := refused(t, "mongodb://"+host+"/", mongo.Options{}); !strings.Contains(text, part) {
			t.Errorf("wire version %d: it does not say %q: %s", wire, part, text)
		}
	}
}

// TestServersThatStartTogether open a new database at the same time.
func TestServersThatStartTogether(t *testing.T) {
	t.Parallel()
	s := mongotest.Start(t, mongotest.Options{})
	for round := range 20 {
		name := fmt.Sprint("together", round)
		var cases []func()
		for range 3 {
			cases = append(cases, func() {
				e, err := mongo.Open(t.Context(), withDatabase(t, s.URI(), name), mongo.Options{})
				if err != nil {
					t.Error(err)
					return
				}
				defer e.Close()
				if err := e.Ready(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		together(cases)
		if docs := s.Documents(name, "schema"); len(docs) != 1 || docs[0].Lookup("version").AsInt64() < 1 {
			t.Errorf("round %d: %d schema documents", round, len(docs))
		}
	}
}

func TestSchemaOfALaterProgramIsRefusedAndAnEarlierOneBroughtOn(t *testing.T) {
	t.Parallel()
	s := mongotest.Start(t, mongotest.Options{})
	client, err := official.Connect(options.Client().ApplyURI(s.URI()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(t.Context()) })
	versions := client.Database("tahto").Collection("schema")
	is := func(version int) {
		t.Helper()
		_, err := versions.ReplaceOne(t.Context(), bson.D{{Key: "_id", Value: "tahto"}},
			bson.D{{Key: "version", Value: version}}, options.Replace().SetUpsert(true))
		if err != nil {
			t.Fatal(err)
		}
	}
	is(1000)
	if text := refused(t, s.URI(), mongo.Options{}); !strings.Contains(text, "later version") || !strings.Contains(text, "1000") {
		t.Errorf("it does not say that the schema is of a later version: %s", text)
	}
	is(0)
	_ = engine(t, s, mongo.Options{})
	if at := s.Documents("tahto", "schema")[0].Lookup("version").AsInt64(); at < 1 || at >= 1000 {
		t.Errorf("the schema is at %d", at)
	}
	names, err := client.Database("tahto").Collection("resource").Indexes().ListSpecifications(t.Context())
	if err != nil || len(names) < 10 {
		t.Errorf("%d indexes (%v)", len(names), err)
	}
}

// TestWriteConcernThatFailsIsADoubt: the answer to the commit is good, but for
// what the other members say.
func TestWriteConcernThatFailsIsADoubt(t *testing.T) {
	t.Parallel()
	var cases []func()
	for _, code := range []int32{64, 91, 100, 11602} {
		cases = append(cases, func() { unconfirmed(t, code) })
	}
	together(cases)
}

func unconfirmed(t *testing.T, code int32) {
	double := mongotest.Start(t, mongotest.Options{Sharded: true})
	host := before(t, double, func(command string, reply bson.D) bson.D {
		if command == commit {
			reply = with(reply, "writeConcernError", bson.D{{Key: "code", Value: code}, {Key: "errmsg", Value: "waiting for replication"}})
		}
		return reply
	})
	e, err := mongo.Open(t.Context(), "mongodb://"+host+"/", mongo.Options{Patience: time.Second})
	if err != nil {
		t.Error(err)
		return
	}
	err = e.Update(t.Context(), func(w driver.Writer) error { return w.Append(t.Context(), a(1)) })
	if !errors.Is(err, driver.ErrInDoubt) {
		t.Errorf("code %d: got %v, want ErrInDoubt", code, err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
