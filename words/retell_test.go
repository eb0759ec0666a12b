package words

import "testing"

func TestRetell_FindsTheSentenceThatTheRecordsHold(t *testing.T) {
	for told, want := range map[string]string{
		"Xiomara asked us to stop. We never text somebody who said no.":    "Xiomara pidió que paremos. Nunca escribimos a quien dijo que no.",
		`"12" is no phone number we can read. Write it like 212 555 0110.`: `"12" no es un número de teléfono que podamos leer. Escríbelo así: 212 555 0110.`,
		"It is 9:05 pm where Walt is. We call from 9 am to 8 pm.":          "Son las 21:05 donde está Walt. Llamamos de 09:00 a 20:00.",
		"A sentence of nobody that we know.":                               "A sentence of nobody that we know.",
		"100% of $1 and \\1 stay what they are.":                           "100% of $1 and \\1 stay what they are.",
		"":                                                                 "",
	} {
		if got := Spanish.Retell(told); got != want {
			t.Errorf("%q is told as %q, want %q", told, got, want)
		}
		if got := English.Retell(told); got != told {
			t.Errorf("English changed %q to %q", told, got)
		}
	}
}

func TestTell_AReasonInsideASentence(t *testing.T) {
	const why = "Walt asked us to stop. We never text somebody who said no."
	if got := Spanish.Tell("The text did not go. %s", why); got != "El mensaje no salió. Walt pidió que paremos. Nunca escribimos a quien dijo que no." {
		t.Error(got)
	}
	if got := Spanish.Tell("%s", why); got != "Walt pidió que paremos. Nunca escribimos a quien dijo que no." {
		t.Error(got)
	}
	if got := English.Tell("%s", why); got != why {
		t.Error(got)
	}
}
