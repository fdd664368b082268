//! What customers are written in German.

use super::phrases::Phrases;

pub(super) const GERMAN: Phrases = Phrases {
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    day: "{date}. {month} {year}",
    one_system: "1 System",
    systems: "{count} Systeme",
    named: "{name} ({id})",
    counted: "{count} × {type}",
    comma: ", ",
    share: " ({percent} %)",
    greeting: "Guten Tag,",
    growth_subject: "{product}: Die Wachstumsreserve ist fast aufgebraucht",
    growth_over_subject: "{product}: Die Wachstumsreserve ist überschritten",
    growth: "Ihre Systeme mit {product} benötigen mehr Lizenzen, als dem laufenden Zeitraum \
        zugewiesen sind. Innerhalb eines Zeitraums ist das bis zu einer Grenze erlaubt:",
    growth_assigned: "Zugewiesene Lizenzen: {count}",
    growth_need: "Lizenzbedarf Ihrer Systeme: {count}",
    growth_allowed: "Zusätzlich erlaubt bis zum {until}: {count}",
    growth_used: "Davon bereits genutzt: {count}{share}",
    growth_near: "Sobald die Grenze erreicht ist, werden weitere Systeme abgelehnt. Wenn Sie \
        weitere Systeme planen, bestellen Sie bitte rechtzeitig Lizenzen.",
    growth_over: "Die Grenze ist überschritten, weitere Systeme werden abgelehnt. Bitte bestellen \
        Sie die zusätzlichen Lizenzen.",
    expiring_subject: "{product}: Lizenzen laufen bald ab",
    expiring: "die folgenden Lizenzen für {product} laufen in den nächsten 90 Tagen ab. Genannt \
        ist jeweils der letzte Tag, an dem sie gültig sind.",
    expiring_subscription: "Abonnement, lizenziert bis zum {until}{grace}: {licences}",
    expiring_seats: "In Gebrauch bis zum {until}{grace}: {licences} ({systems})",
    expiring_ended: "Abgelaufen am {until}, noch in der Nachfrist bis zum {grace_until}: \
        {licences} ({systems})",
    expiring_stored: "Unbenutzt, einzusetzen bis zum {until}: {licences}",
    expiring_returned: "Zurückgegeben und unbenutzt, gültig bis zum {until}: {licences}",
    expiring_renew: "Bitte bestellen Sie die Verlängerung rechtzeitig, damit Ihre Systeme ohne \
        Unterbrechung weiterarbeiten. Über Ihre unbenutzten Lizenzen hinaus sind dafür nötig: \
        {licences}",
    expiring_extend: "Ihre unbenutzten Lizenzen reichen dafür aus: Bitte lassen Sie Ihre Systeme \
        die Verlängerung anfordern.",
    expiring_auto: "Die Verlängerung geschieht selbsttätig, soweit Sie genügend unbenutzte \
        Lizenzen haben.",
    expiring_use: "Bitte setzen Sie unbenutzte Lizenzen vor dem Ablauf ein; danach sind sie nicht \
        mehr verwendbar.",
    grace: ", mit Nachfrist bis zum {until}",
    ended_subject: "{product}: Lizenzen sind abgelaufen",
    ended: "die folgenden Lizenzen für {product} sind abgelaufen oder laufen in den nächsten 90 \
        Tagen ab. Genannt ist jeweils der letzte Tag, an dem sie gültig sind.",
    ended_seats: "Abgelaufen am {until}{grace}; nicht mehr lizenziert: {licences} ({systems})",
    missing_subject: "{product}: Es fehlen Lizenzen",
    missing: "Ihre Systeme mit {product} benötigen mehr Lizenzen, als Sie haben:",
    missing_now: "Es fehlen: {licences}",
    missing_waiting: "Für wartende Systeme fehlen: {licences} ({systems})",
    missing_renewal: "Für die Verlängerung fehlen: {licences}",
    missing_grace: "Die Nachfrist läuft bis zum {until}. Danach benötigen Ihre Systeme die \
        fehlenden Lizenzen.",
    missing_expired: "Der laufende Zeitraum ist seit dem {since} ohne Lizenz. Jedes System \
        arbeitet längstens bis zu dem letzten Tag, den seine eigene Aktivierung nennt.",
    missing_order: "Bitte bestellen Sie die fehlenden Lizenzen.",
    unconfirmed_subject: "{product}: Aktivierungen noch nicht bestätigt",
    unconfirmed: "für die folgenden Systeme mit {product} haben wir Aktivierungen ausgestellt, \
        aber noch keine Bestätigung erhalten, dass sie installiert wurden:",
    unconfirmed_system: "{system}, ausgestellt am {since}",
    more: "und weitere {systems}",
    unconfirmed_bring: "Bitte installieren Sie die Aktivierung auf jedem dieser Systeme und senden \
        Sie uns die Bestätigungsdatei, die das System danach schreibt.",
    contact: "Bestellungen und Fragen: {contact}",
    as_of: "{organization}, Stand: {day}",
};
