// Command ferret runs a command with a FerretDB in this process, which speaks
// MongoDB's wire protocol and keeps its data in SQLite: tests run on it where
// there is no MongoDB.
//
//	go run -tags ferretdb_no_postgresql,ferretdb_no_mysql . go test tahto/server -run WorkedCases
//
// The command finds its URI in TAHTO_TEST_MONGODB, and TAHTO_TEST_STANDALONE=true
// since FerretDB is no replica set. The module is one of its own, so that what
// FerretDB needs is not needed by the server.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "ferret:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, command []string) error {
	if len(command) == 0 {
		return fmt.Errorf("name the command to run")
	}
	folder, err := os.MkdirTemp("", "ferret")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	uri, err := start(ctx, folder)
	if err != nil {
		return err
	}
	child := exec.CommandContext(ctx, command[0], command[1:]...)
	child.Env = append(os.Environ(), "TAHTO_TEST_MONGODB="+uri, "TAHTO_TEST_STANDALONE=true")
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	return child.Run()
}

// start gives the URI of a new FerretDB, which ends with ctx.
func start(ctx context.Context, folder string) (uri string, err error) {
	f, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:   slog.New(slog.DiscardHandler),
		Handler:  "sqlite", SQLiteURL: "file:" + folder + "/",
	})
	if err != nil {
		return "", err
	}
	go f.Run(ctx)
	return f.MongoDBURI(), nil
}
