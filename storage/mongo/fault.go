package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"
	wire "go.mongodb.org/mongo-driver/v2/x/mongo/driver"

	"tahto/storage/driver"
)

// The codes of MongoDB that mean something of their own here
// (https://www.mongodb.com/docs/manual/reference/error-codes/).
const (
	codeObjectTooLarge   = 10334
	codeUpdateTooLarge   = 17419
	codeReplaceTooLarge  = 17420
	codeDuplicateKey     = 11000
	codeMaxTimeExpired   = 50
	codeKeySpecsConflict = 86
	codeOptionsConflict  = 85
)

// The labels of an error after which the whole transaction may succeed when it is
// run again, and of one of a commit that may have succeeded and may be sent again.
const (
	transient     = "TransientTransactionError"
	unknownCommit = "UnknownTransactionCommitResult"
)

// fault puts an error of the MongoDB driver into the words of package driver.
// What is in those words already stays as it is, and the end of ctx is the
// caller's. Everything else means that the database did not do what it was asked
// for, which it may do later: ErrUnavailable.
func fault(ctx context.Context, err error) error {
	switch {
	case err == nil, isOurs(err):
		return err
	case errors.Is(err, mongo.ErrNoDocuments):
		return driver.ErrNotFound
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", kindOf(err), discreet{err})
}

func kindOf(err error) error {
	switch {
	case hasCode(err, codeObjectTooLarge, codeUpdateTooLarge, codeReplaceTooLarge):
		return driver.ErrTooLarge
	case errors.Is(err, wire.ErrDocumentTooLarge):
		return driver.ErrTooLarge
	case hasCode(err, codeDuplicateKey):
		return driver.ErrConflict
	}
	return driver.ErrUnavailable
}

func isOurs(err error) bool {
	for _, ours := range []error{driver.ErrNotFound, driver.ErrConflict, driver.ErrUnavailable, driver.ErrTooLarge, driver.ErrOneDocument} {
		if errors.Is(err, ours) {
			return true
		}
	}
	return false
}

func hasCode(err error, codes ...int) bool {
	var server mongo.ServerError
	return errors.As(err, &server) && slices.ContainsFunc(codes, server.HasErrorCode)
}

// isTransient tells whether the server said that the transaction may succeed
// when it is run again.
func isTransient(err error) bool { return hasLabel(err, transient) }

func hasLabel(err error, label string) bool {
	var labeled mongo.LabeledError
	return errors.As(err, &labeled) && labeled.HasErrorLabel(label)
}

// codesUncertain are those of a write that was ended from outside, perhaps after
// it was done: time and patience with other servers, shutting down, stepping down.
// In their order: MaxTimeMSExpired, WriteConcernFailed, ShutdownInProgress,
// PrimarySteppedDown, ExceededTimeLimit, InterruptedAtShutdown, Interrupted,
// InterruptedDueToReplStateChange.
var codesUncertain = []int{codeMaxTimeExpired, 64, 91, 189, 262, 11600, 11601, 11602}

// isUncertain tells whether the write that the error is of may be there.
func isUncertain(err error) bool {
	return mongo.IsNetworkError(err) || mongo.IsTimeout(err) || hasCode(err, codesUncertain...)
}

// discreet is an error whose text has the codes of what a server answered and
// not its message, which may quote what is stored: the text goes into the log.
// What wraps it finds the labels all the same.
type discreet struct{ error }

func (d discreet) Unwrap() error { return d.error }

func (d discreet) Error() string {
	var command mongo.CommandError
	if errors.As(d.error, &command) && command.Code != 0 {
		return fmt.Sprintf("MongoDB error %d %s", command.Code, command.Name)
	}
	var server mongo.ServerError
	if errors.As(d.error, &server) && slices.Max(append(server.ErrorCodes(), 0)) > 0 { // 0 is the driver's own
		return fmt.Sprintf("MongoDB errors %v", server.ErrorCodes())
	}
	return d.error.Error()
}
