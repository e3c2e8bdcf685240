package mongotest

import (
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// The codes of errors that the server gives of itself
// (https://www.mongodb.com/docs/manual/reference/error-codes/).
const (
	codeBadValue            = 2
	codeFailedToParse       = 9
	codeTypeMismatch        = 14
	codeIllegalOperation    = 20
	codeNamespaceNotFound   = 26
	codePathNotViable       = 28
	codeConflictingUpdates  = 40
	codeCursorNotFound      = 43
	codeCommandNotFound     = 59
	codeImmutableField      = 66
	codeCannotCreateIndex   = 67
	codeInvalidOptions      = 72
	codeInvalidNamespace    = 73
	codeOptionsConflict     = 85
	codeKeySpecsConflict    = 86
	codeWriteConflict       = 112
	codeNotAReplicaSet      = 123
	codeParallelArrays      = 171
	codeTransactionTooOld   = 225
	codeSnapshotUnavailable = 246
	codeNoSuchTransaction   = 251
	codeCommitted           = 256
	codeNotInTransaction    = 263
	codeNotPrimary          = 10107
	codeDuplicateKey        = 11000
	codeUpdateTooLarge      = 17419
	codeUpsertTooLarge      = 17420
	codeNumberInUse         = 50911
)

var codeNames = map[int32]string{
	codeBadValue: "BadValue", codeFailedToParse: "FailedToParse", codeTypeMismatch: "TypeMismatch",
	codeIllegalOperation: "IllegalOperation", codeNamespaceNotFound: "NamespaceNotFound",
	codePathNotViable: "PathNotViable", codeConflictingUpdates: "ConflictingUpdateOperators",
	codeCursorNotFound: "CursorNotFound", codeCommandNotFound: "CommandNotFound",
	codeImmutableField: "ImmutableField", codeCannotCreateIndex: "CannotCreateIndex",
	codeInvalidOptions: "InvalidOptions", codeInvalidNamespace: "InvalidNamespace",
	codeOptionsConflict: "IndexOptionsConflict", codeKeySpecsConflict: "IndexKeySpecsConflict",
	codeWriteConflict: "WriteConflict", codeNotAReplicaSet: "NotAReplicaSet",
	codeParallelArrays: "CannotIndexParallelArrays", codeTransactionTooOld: "TransactionTooOld",
	codeSnapshotUnavailable: "SnapshotUnavailable", codeNoSuchTransaction: "NoSuchTransaction",
	codeCommitted: "TransactionCommitted", codeNotInTransaction: "OperationNotSupportedInTransaction",
	codeNotPrimary: "NotWritablePrimary", codeDuplicateKey: "DuplicateKey",
	// What faults are made of, beside the above.
	6: "HostUnreachable", 7: "HostNotFound", 24: "LockTimeout", 50: "MaxTimeMSExpired",
	64: "WriteConcernFailed", 89: "NetworkTimeout", 91: "ShutdownInProgress", 189: "PrimarySteppedDown",
	262: "ExceededTimeLimit", 9001: "SocketException", 11600: "InterruptedAtShutdown",
	11601: "Interrupted", 11602: "InterruptedDueToReplStateChange", 13435: "NotPrimaryNoSecondaryOk",
	13436: "NotPrimaryOrSecondary", 14031: "OutOfDiskSpace",
}

// The labels of errors, by which a client knows what it may run again.
const (
	labelTransient = "TransientTransactionError"
	labelRetryable = "RetryableWriteError"
)

// failure is an error as the server answers it.
type failure struct {
	code    int32
	name    string // by the code, if empty
	message string
	labels  []string
	more    bson.D
}

func failed(code int32, format string, args ...any) *failure {
	return &failure{code: code, message: fmt.Sprintf(format, args...)}
}

func writeConflict() *failure {
	return failed(codeWriteConflict, "Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.")
}

func notPrimary() *failure { return failed(codeNotPrimary, "not primary") }

// asFailure is the error as it is answered; one of decoding is the client's.
func asFailure(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	return failed(codeFailedToParse, "%v", err)
}

// Error is the message.
func (f *failure) Error() string { return f.message }

func (f *failure) document() bson.D {
	name := f.name
	if name == "" {
		name = codeNames[f.code]
	}
	if name == "" {
		name = fmt.Sprintf("Location%d", f.code)
	}
	d := bson.D{
		{Key: "ok", Value: 0.0}, {Key: "errmsg", Value: f.message},
		{Key: "code", Value: f.code}, {Key: "codeName", Value: name},
	}
	if len(f.labels) > 0 {
		d = append(d, bson.E{Key: "errorLabels", Value: f.labels})
	}
	return append(d, f.more...)
}

// writeError is the failure of one of a command's statements, while the command
// itself was understood.
func (f *failure) writeError(index int) bson.D {
	return append(bson.D{
		{Key: "index", Value: int32(index)}, {Key: "code", Value: f.code}, {Key: "errmsg", Value: f.message},
	}, f.more...)
}

// label gives the failure the label that MongoDB would give it: of a statement
// in a transaction, that the whole may succeed when it is run again; of a commit
// or a retryable write, that it alone may.
func (f *failure) label(r *request) {
	end := r.name == commitCommand || r.name == abortCommand
	lost := slices.Contains([]int32{91, 189, codeNotPrimary, 11600, 11602, 13435, 13436}, f.code)
	gone := slices.Contains([]int32{codeWriteConflict, codeSnapshotUnavailable, codeNoSuchTransaction}, f.code)
	switch {
	case r.transactional && (gone || lost && !end):
		f.labels = append(f.labels, labelTransient)
	case r.numbered && lost:
		f.labels = append(f.labels, labelRetryable)
	}
}
