//! What customers are written in Spanish.

use super::phrases::Phrases;

pub(super) const SPANISH: Phrases = Phrases {
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    day: "{date} de {month} de {year}",
    one_system: "1 sistema",
    systems: "{count} sistemas",
    named: "{name} ({id})",
    counted: "{count} × {type}",
    comma: ", ",
    share: " ({percent} %)",
    greeting: "Estimado cliente:",
    growth_subject: "{product}: el margen de crecimiento está casi agotado",
    growth_over_subject: "{product}: se ha superado el margen de crecimiento",
    growth: "Sus sistemas con {product} necesitan más licencias de las asignadas al período en \
        curso. Dentro de un período, esto se permite hasta un límite:",
    growth_assigned: "Licencias asignadas: {count}",
    growth_need: "Licencias que necesitan sus sistemas: {count}",
    growth_allowed: "Licencias adicionales permitidas hasta el {until}: {count}",
    growth_used: "De ellas, en uso: {count}{share}",
    growth_near: "Una vez alcanzado el límite, no se admitirán más sistemas. Si piensa añadir \
        sistemas, pida las licencias con tiempo.",
    growth_over: "El límite se ha superado y no se admitirán más sistemas. Le rogamos que pida las \
        licencias adicionales.",
    expiring_subject: "{product}: licencias que vencen pronto",
    expiring: "Las siguientes licencias de {product} vencen en los próximos 90 días. La fecha \
        indicada es el último día de validez.",
    expiring_subscription: "Suscripción con licencia hasta el {until}{grace}: {licences}",
    expiring_seats: "En uso hasta el {until}{grace}: {licences} ({systems})",
    expiring_ended: "Vencidas el {until}, todavía en el período de gracia hasta el {grace_until}: \
        {licences} ({systems})",
    expiring_stored: "Sin usar, utilizables hasta el {until}: {licences}",
    expiring_returned: "Devueltas y sin usar, válidas hasta el {until}: {licences}",
    expiring_renew: "Le rogamos que pida la renovación con tiempo, para que sus sistemas sigan \
        funcionando sin interrupción. Además de sus licencias sin usar, se necesitan: {licences}",
    expiring_extend: "Sus licencias sin usar son suficientes: haga que sus sistemas soliciten la \
        renovación.",
    expiring_auto: "La renovación es automática siempre que tenga suficientes licencias sin usar.",
    expiring_use: "Le rogamos que utilice las licencias sin usar antes de su vencimiento; después \
        ya no se podrán utilizar.",
    grace: ", con un período de gracia hasta el {until}",
    ended_subject: "{product}: licencias vencidas",
    ended: "Las siguientes licencias de {product} han vencido o vencen en los próximos 90 días. La \
        fecha indicada es el último día de validez.",
    ended_seats: "Vencidas el {until}{grace}; ya sin licencia: {licences} ({systems})",
    missing_subject: "{product}: faltan licencias",
    missing: "Sus sistemas con {product} necesitan más licencias de las que tiene:",
    missing_now: "Faltan ahora: {licences}",
    missing_waiting: "Faltan para los sistemas en espera: {licences} ({systems})",
    missing_renewal: "Faltan para la renovación: {licences}",
    missing_grace: "El período de gracia dura hasta el {until}. A partir de entonces sus sistemas \
        necesitarán las licencias que faltan.",
    missing_expired: "El período en curso está sin licencia desde el {since}. Cada sistema \
        funciona, como máximo, hasta el último día que indica su propia activación.",
    missing_order: "Le rogamos que pida las licencias que faltan.",
    unconfirmed_subject: "{product}: activaciones sin confirmar",
    unconfirmed: "Hemos emitido activaciones para los siguientes sistemas con {product} y aún no \
        hemos recibido la confirmación de que se hayan instalado:",
    unconfirmed_system: "{system}, emitida el {since}",
    more: "y otros: {systems}",
    unconfirmed_bring: "Le rogamos que instale la activación en cada uno de estos sistemas y nos \
        envíe el archivo de confirmación que el sistema genera después.",
    contact: "Pedidos y consultas: {contact}",
    as_of: "{organization}, a {day}",
};
