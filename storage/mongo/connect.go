package mongo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/auth"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"
)

const (
	openWithin      = 9 * time.Second // and a little for the goodbye: 10 in all
	prepareWithin   = 24 * time.Hour  // an index of tens of millions of documents takes hours
	defaultPatience = 20 * time.Second
	defaultDatabase = "tahto"
)

// connect makes a client, which connects when it is first used. What the URI
// says of reading from secondaries and of weaker writes is overruled: a denial
// counts from the next read on.
func connect(uri string, o Options, f *fence) (client *mongo.Client, database string, err error) {
	parsed, err := connstring.ParseAndValidate(uri)
	if err != nil {
		return nil, "", unreadable(uri, err)
	}
	if parsed.DirectConnection && !o.Standalone {
		return nil, "", errors.New("directConnection=true reads from the one server even when it is no primary: leave it out, and name the replica set with replicaSet")
	}
	settings := options.Client().ApplyURI(uri).
		SetAppName("tahto").
		SetReadPreference(readpref.Primary()).SetReadConcern(readconcern.Majority()).
		SetWriteConcern(durable()).
		SetRetryReads(true).SetRetryWrites(true).
		SetTimeout(o.Patience).
		SetServerMonitor(&event.ServerMonitor{TopologyDescriptionChanged: f.watch})
	if o.Sent != nil {
		settings.SetMonitor(&event.CommandMonitor{
			Started: func(_ context.Context, started *event.CommandStartedEvent) {
				o.Sent(started.CommandName, started.Command)
			},
		})
	}
	client, err = mongo.Connect(settings)
	if err != nil {
		return nil, "", unreadable(uri, err)
	}
	if parsed.Database == "" {
		parsed.Database = defaultDatabase
	}
	return client, parsed.Database, nil
}

// durable is the write concern majority, journaled.
func durable() *writeconcern.WriteConcern {
	concern := writeconcern.Majority()
	journaled := true
	concern.Journal = &journaled
	return concern
}

// unreadable says what is wrong with a URI, unless the parser's words quote
// something of it: without its @ a password looks like a port, and options have
// secrets too.
func unreadable(uri string, err error) error {
	const text = "this is no MongoDB URI such as mongodb://host1,host2,host3/tahto?replicaSet=rs0"
	if strings.Contains(uri, "@") || quotes(err.Error(), uri) {
		return errors.New(text + " (details are not shown, since they may hold credentials; characters such as @ : / in a password are written %40 %3A %2F)")
	}
	return fmt.Errorf("%s: %w", text, err)
}

// quotes tells whether the words have a part of the URI that could be a secret:
// what stands between its signs, but for the scheme.
func quotes(words, uri string) bool {
	_, uri, _ = strings.Cut(uri, "://")
	for _, form := range []string{uri, unescaped(uri)} {
		for _, part := range strings.FieldsFunc(form, func(r rune) bool { return strings.ContainsRune("@:/?#&=,%", r) }) {
			if len(part) > 3 && strings.Contains(words, part) {
				return true
			}
		}
	}
	return false
}

func unescaped(text string) string {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return ""
	}
	return plain
}

// greeting is what a MongoDB says of itself
// (https://www.mongodb.com/docs/manual/reference/command/hello/).
type greeting struct {
	SetName string `bson:"setName"`
	Message string `bson:"msg"`
	Wire    int    `bson:"maxWireVersion"`
}

func greet(ctx context.Context, client *mongo.Client) (greeting, error) {
	var g greeting
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	if err := client.Ping(ctx, readpref.Primary()); err != nil {
		return g, unreachable(err)
	}
	err := client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&g)
	return g, unreachable(err)
}

// oldestWire is the wire version of MongoDB 5.0, the first that reads snapshots
// outside of transactions.
const oldestWire = 13

func (g greeting) isSharded() bool    { return g.Message == "isdbgrid" }
func (g greeting) isReplicaSet() bool { return g.SetName != "" }

func (g greeting) usable(standalone bool) error {
	switch {
	case g.Wire < oldestWire:
		return errors.New("this MongoDB is older than 5.0, which is the first that can be used")
	case g.isSharded(), g.isReplicaSet(), standalone:
		return nil
	}
	return errors.New("this MongoDB is a standalone server, which can't write several resources as one transaction. " +
		"Start it with --replSet rs0 and make it a replica set of one, with one command: mongosh --eval 'rs.initiate()'. " +
		"To use it as it is, for single resources only, say -mongo-standalone")
}

// unreachable says in words for whoever starts the program what kept a MongoDB
// from answering. The driver's own words name hosts and causes, no credentials.
func unreachable(err error) error {
	var told discreet
	switch {
	case err == nil:
		return nil
	case errors.As(err, &told): // it is in our words already
		return err
	case isAuthentication(err):
		return &authRefused{discreet{err}}
	case mongo.IsTimeout(err), errors.Is(err, context.DeadlineExceeded), mongo.IsNetworkError(err):
		return fmt.Errorf("no primary of the MongoDB answered: %w", discreet{err})
	}
	return fmt.Errorf("MongoDB: %w", discreet{err})
}

// authRefused says that the credentials are wrong, or that there are none.
type authRefused struct{ cause error }

func (a *authRefused) Error() string {
	return "MongoDB refused the credentials: check the user, the password, authSource and the user's rights (readWrite on the database): " + a.cause.Error()
}
func (a *authRefused) Unwrap() error { return a.cause }

// The codes of failed authentication and of missing rights.
const (
	codeUnauthorized         = 13
	codeAuthenticationFailed = 18
)

func isAuthentication(err error) bool {
	var handshake *auth.Error
	return hasCode(err, codeUnauthorized, codeAuthenticationFailed) || errors.As(err, &handshake)
}
