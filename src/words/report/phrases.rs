//! What customers are written, in each language. A word in braces is a place for a value.

/// The phrases of one language.
pub struct Phrases {
    pub greeting: &'static str,
    pub growth_subject: &'static str,
    pub growth_over_subject: &'static str,
    pub growth: &'static str,
    pub growth_assigned: &'static str,
    pub growth_need: &'static str,
    pub growth_allowed: &'static str,
    pub growth_used: &'static str,
    pub growth_near: &'static str,
    pub growth_over: &'static str,
    pub expiring_subject: &'static str,
    pub expiring: &'static str,
    pub expiring_subscription: &'static str,
    pub expiring_seats: &'static str,
    pub expiring_ended: &'static str,
    pub expiring_stored: &'static str,
    pub expiring_returned: &'static str,
    pub expiring_renew: &'static str,
    pub expiring_extend: &'static str,
    pub expiring_auto: &'static str,
    pub expiring_use: &'static str,
    pub grace: &'static str,
    pub ended_subject: &'static str,
    pub ended: &'static str,
    pub ended_seats: &'static str,
    pub missing_subject: &'static str,
    pub missing: &'static str,
    pub missing_now: &'static str,
    pub missing_waiting: &'static str,
    pub missing_renewal: &'static str,
    pub missing_grace: &'static str,
    pub missing_expired: &'static str,
    pub missing_order: &'static str,
    pub unconfirmed_subject: &'static str,
    pub unconfirmed: &'static str,
    pub unconfirmed_system: &'static str,
    pub more: &'static str,
    pub unconfirmed_bring: &'static str,
    pub contact: &'static str,
    pub as_of: &'static str,
}

#[cfg(test)]
impl Phrases {
    /// Every phrase with the places that it must have, in alphabetical order.
    pub fn all(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        vec![
            (self.greeting, vec![]),
            (self.growth_subject, vec!["product"]),
            (self.growth_over_subject, vec!["product"]),
            (self.growth, vec!["product"]),
            (self.growth_assigned, vec!["count"]),
            (self.growth_need, vec!["count"]),
            (self.growth_allowed, vec!["count", "until"]),
            (self.growth_used, vec!["count", "share"]),
            (self.growth_near, vec![]),
            (self.growth_over, vec![]),
            (self.expiring_subject, vec!["product"]),
            (self.expiring, vec!["product"]),
            (
                self.expiring_subscription,
                vec!["grace", "licences", "until"],
            ),
            (
                self.expiring_seats,
                vec!["grace", "licences", "systems", "until"],
            ),
            (
                self.expiring_ended,
                vec!["grace_until", "licences", "systems", "until"],
            ),
            (self.expiring_stored, vec!["licences", "until"]),
            (self.expiring_returned, vec!["licences", "until"]),
            (self.expiring_renew, vec!["licences"]),
            (self.expiring_extend, vec![]),
            (self.expiring_auto, vec![]),
            (self.expiring_use, vec![]),
            (self.grace, vec!["until"]),
            (self.ended_subject, vec!["product"]),
            (self.ended, vec!["product"]),
            (
                self.ended_seats,
                vec!["grace", "licences", "systems", "until"],
            ),
            (self.missing_subject, vec!["product"]),
            (self.missing, vec!["product"]),
            (self.missing_now, vec!["licences"]),
            (self.missing_waiting, vec!["licences", "systems"]),
            (self.missing_renewal, vec!["licences"]),
            (self.missing_grace, vec!["until"]),
            (self.missing_expired, vec!["since"]),
            (self.missing_order, vec![]),
            (self.unconfirmed_subject, vec!["product"]),
            (self.unconfirmed, vec!["product"]),
            (self.unconfirmed_system, vec!["since", "system"]),
            (self.more, vec!["systems"]),
            (self.unconfirmed_bring, vec![]),
            (self.contact, vec!["contact"]),
            (self.as_of, vec!["day", "organization"]),
        ]
    }
}

pub(super) const ENGLISH: Phrases = Phrases {
    greeting: "Dear customer,",
    growth_subject: "{product}: the growth allowance is almost used up",
    growth_over_subject: "{product}: the growth allowance is exceeded",
    growth: "Your systems with {product} need more licences than are assigned to the current \
        period. Within a period this is allowed up to a limit:",
    growth_assigned: "Licences assigned: {count}",
    growth_need: "Licences that your systems need: {count}",
    growth_allowed: "Additional licences allowed until {until}: {count}",
    growth_used: "Of these in use: {count}{share}",
    growth_near: "Once the limit is reached, further systems will be refused. If you plan to add \
        systems, please order licences in good time.",
    growth_over: "The limit is exceeded, and further systems will be refused. Please order the \
        additional licences.",
    expiring_subject: "{product}: licences that end soon",
    expiring: "The following licences for {product} end within the next 90 days. Each date is the \
        last day on which they are valid.",
    expiring_subscription: "Subscription, licensed until {until}{grace}: {licences}",
    expiring_seats: "In use until {until}{grace}: {licences} ({systems})",
    expiring_ended: "Ended on {until}, still working in the grace period until {grace_until}: \
        {licences} ({systems})",
    expiring_stored: "Unused, to be used by {until}: {licences}",
    expiring_returned: "Returned and unused, valid until {until}: {licences}",
    expiring_renew: "Please order the renewal in good time, so that your systems go on working \
        without interruption. Beyond your unused licences this takes: {licences}",
    expiring_extend: "You have enough unused licences for it: please let your systems ask for \
        their extension.",
    expiring_auto: "Renewal is automatic as far as you have enough unused licences.",
    expiring_use: "Please use unused licences before they end; they cannot be used afterwards.",
    grace: ", with a grace period until {until}",
    ended_subject: "{product}: licences that have ended",
    ended: "The following licences for {product} have ended, or end within the next 90 days. Each \
        date is the last day on which they are valid.",
    ended_seats: "Ended on {until}{grace}; no longer licensed: {licences} ({systems})",
    missing_subject: "{product}: licences are missing",
    missing: "Your systems with {product} need more licences than you have:",
    missing_now: "Missing now: {licences}",
    missing_waiting: "Missing for systems that wait: {licences} ({systems})",
    missing_renewal: "Missing for the renewal: {licences}",
    missing_grace: "The grace period runs until {until}. From then on your systems need the \
        missing licences.",
    missing_expired: "Since {since} the current period has been without a licence. Each system \
        works at most until the last day that its own activation states.",
    missing_order: "Please order the missing licences.",
    unconfirmed_subject: "{product}: activations not yet confirmed",
    unconfirmed: "We have issued activations for the following systems with {product}, and have \
        received no confirmation yet that they were installed:",
    unconfirmed_system: "{system}, issued on {since}",
    more: "and another {systems}",
    unconfirmed_bring: "Please install the activation on each of these systems, and send us the \
        confirmation file that the system writes afterwards.",
    contact: "Orders and questions: {contact}",
    as_of: "{organization}, as of {day}",
};

pub(super) const GERMAN: Phrases = Phrases {
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

pub(super) const SPANISH: Phrases = Phrases {
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

pub(super) const CHINESE: Phrases = Phrases {
    greeting: "尊敬的客户：",
    growth_subject: "{product}：增长额度即将用完",
    growth_over_subject: "{product}：已超出增长额度",
    growth: "贵方使用 {product} 的系统所需的许可数量，已超过本期已分配的数量。同一期内允许在以下限度内增加：",
    growth_assigned: "已分配的许可：{count}",
    growth_need: "系统所需的许可：{count}",
    growth_allowed: "{until}之前可额外使用的许可：{count}",
    growth_used: "其中已使用：{count}{share}",
    growth_near: "达到上限后，新增系统将被拒绝。如计划增加系统，请提前订购许可。",
    growth_over: "已超出上限，新增系统将被拒绝。请订购所需的额外许可。",
    expiring_subject: "{product}：部分许可即将到期",
    expiring: "{product} 的以下许可将在今后 90 天内到期。所列日期为有效期的最后一天。",
    expiring_subscription: "订阅，有效期至{until}{grace}：{licences}",
    expiring_seats: "使用中，有效期至{until}{grace}：{licences}（{systems}）",
    expiring_ended: "已于{until}到期，目前处于宽限期，宽限期至{grace_until}：{licences}（{systems}）",
    expiring_stored: "尚未使用，请在{until}之前（含当日）使用：{licences}",
    expiring_returned: "已退回且未使用，有效期至{until}：{licences}",
    expiring_renew: "请提前订购续期许可，以免系统运行中断。除现有未使用的许可外，还需要：{licences}",
    expiring_extend: "现有未使用的许可足够续期，请让各系统提出续期请求。",
    expiring_auto: "只要有足够的未使用许可，系统将自动续期。",
    expiring_use: "请在到期前使用尚未使用的许可，逾期将无法使用。",
    grace: "，宽限期至{until}",
    ended_subject: "{product}：部分许可已到期",
    ended: "{product} 的以下许可已到期，或将在今后 90 天内到期。所列日期为有效期的最后一天。",
    ended_seats: "已于{until}到期{grace}，现已无许可：{licences}（{systems}）",
    missing_subject: "{product}：许可不足",
    missing: "贵方使用 {product} 的系统所需的许可，多于现有数量：",
    missing_now: "目前缺少：{licences}",
    missing_waiting: "等待中的系统缺少：{licences}（{systems}）",
    missing_renewal: "续期缺少：{licences}",
    missing_grace: "宽限期至{until}，此后系统须补足所缺的许可。",
    missing_expired: "自{since}起，本期处于无许可状态。各系统最多可运行至其自身激活文件所载的最后一天。",
    missing_order: "请订购所缺的许可。",
    unconfirmed_subject: "{product}：部分激活尚未确认",
    unconfirmed: "我们已为以下使用 {product} 的系统签发激活文件，但尚未收到安装完成的确认：",
    unconfirmed_system: "{system}，签发日期：{since}",
    more: "以及另外 {systems}",
    unconfirmed_bring: "请在上述每个系统上安装激活文件，并将系统随后生成的确认文件发送给我们。",
    contact: "订购与咨询：{contact}",
    as_of: "{organization}，截至{day}",
};
