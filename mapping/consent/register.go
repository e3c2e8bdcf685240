package consent

// Register is the kind of a data file (rekisteri) of a controller: with the
// controller, the unit of "own data" (703/2023 section 18). The zero Register
// is unknown.
type Register uint8

// The kinds of register. The patient register (potilasrekisteri) has a public
// and a private code, kept apart so that what was written is given back, but
// they are one kind of file: compare with [Register.Same].
const (
	UnknownRegister Register = iota
	PatientPublic            // julkisen palvelunantajan potilasrekisteri
	PatientPrivate           // yksityisen palvelunantajan potilasrekisteri
	Occupational             // työterveyshuollon potilasrekisteri
	Social                   // sosiaalihuollon asiakasrekisteri
	registerCount
)

// The national code systems of register types.
const (
	HealthRegisterSystem = "urn:oid:1.2.246.537.5.40150.2009"
	SocialRegisterSystem = "urn:oid:1.2.246.537.6.1264.201701"
)

var registerCodings = [registerCount]Coding{
	PatientPublic:  {HealthRegisterSystem, "2"},
	PatientPrivate: {HealthRegisterSystem, "3"},
	Occupational:   {HealthRegisterSystem, "4"},
	Social:         {SocialRegisterSystem, "1"},
}

// Coding gives the national code, zero for an unknown register.
func (r Register) Coding() Coding {
	if r < registerCount {
		return registerCodings[r]
	}
	return Coding{}
}

// ParseRegister reads a national code; false when no register has it.
func ParseRegister(c Coding) (Register, bool) {
	for r := PatientPublic; r < registerCount; r++ {
		if registerCodings[r] == c {
			return r, true
		}
	}
	return UnknownRegister, false
}

// String names the kind of file: patient, occupational or social, and "" for
// an unknown one.
func (r Register) String() string {
	switch {
	case r.IsPatient():
		return "patient"
	case r == Occupational:
		return "occupational"
	case r == Social:
		return "social"
	}
	return ""
}

// IsPatient reports whether it is a patient register, public or private.
func (r Register) IsPatient() bool { return r == PatientPublic || r == PatientPrivate }

// IsHealth reports whether the file holds patient data (potilastiedot).
func (r Register) IsHealth() bool { return r.IsPatient() || r == Occupational }

// IsKnown reports whether it is one of the registers named here.
func (r Register) IsKnown() bool { return r > UnknownRegister && r < registerCount }

// Same reports whether both are known and the same kind of file.
func (r Register) Same(other Register) bool {
	return r.IsKnown() && (r == other || r.IsPatient() && other.IsPatient())
}
