// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/registrationpane.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/catalog/catalogwidgets.h"
#include "views/catalog/changetext.h"
#include "views/shell/datasource.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int pauseMs = 250; // of typing, before the files are read

QComboBox* choice(const QString& name, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->setObjectName(name);
    box->setEditable(true);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    return box;
}

QLineEdit* line(const QString& name, const QString& example, QWidget* parent)
{
    auto* edit = new QLineEdit(parent);
    edit->setObjectName(name);
    edit->setPlaceholderText(example);
    return edit;
}

/// Keeps what is typed.
void offer(QComboBox* box, QStringList names)
{
    names.removeAll(QString());
    names.sort();
    names.removeDuplicates();
    QStringList now;
    for (int i = 0; i < box->count(); ++i)
        now += box->itemText(i);
    if (now == names)
        return;
    const QString typed = box->currentText();
    const QSignalBlocker quiet(box);
    box->clear();
    box->addItems(names);
    box->setCurrentIndex(-1);
    box->setEditText(typed);
}

/// What commas part.
QStringList parts(const QString& text)
{
    QStringList found;
    for (const QString& part : text.split(u',')) {
        if (!part.trimmed().isEmpty())
            found += part.trimmed();
    }
    return found;
}

template<typename T>
std::optional<T> wholeNumber(const QString& text)
{
    const auto number = typedNumber(text);
    if (!number || *number != std::floor(*number) || std::abs(*number) > 9e15)
        return std::nullopt;
    return static_cast<T>(*number);
}

/// Something stands there, and it is no number that fits.
bool isFaulty(const QString& text, bool isWhole)
{
    return !text.trimmed().isEmpty() &&
           !(isWhole ? wholeNumber<std::int64_t>(text).has_value() : typedNumber(text).has_value());
}

} // namespace

std::optional<double> typedNumber(const QString& text)
{
    QString bare = text;
    for (const QChar space : {QChar(u' '), QChar(0x2009), QChar(0x202F), QChar(0xA0), QChar(u'_')})
        bare.remove(space);
    bool isNumber = false;
    const double number = bare.toDouble(&isNumber);
    return isNumber && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

RegistrationPane::RegistrationPane(const ViewContext& context, CatalogSource& source, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_source(source)
    , m_load([this](Result<std::shared_ptr<const PlannedRegistration>> planned) { showPlan(std::move(planned)); })
    , m_apply([this](Result<QStringList> written) {
        if (!written) {
            Q_EMIT said(tr("Nothing was written: %1").arg(written.error().detail));
            ask();
            return;
        }
        const QString event = typed().eventType;
        Q_EMIT said(tr("%1 stands in %2").arg(event, written->join(u", "_s)));
        Q_EMIT registered(event);
    })
{
    m_wait.setSingleShot(true);
    m_wait.setInterval(pauseMs);
    connect(&m_wait, &QTimer::timeout, this, &RegistrationPane::ask);
    auto* split = new SplitView(u"catalog-registration"_s, Qt::Horizontal, {2, 3}, this);
    split->addWidget(buildForm());
    split->addWidget(buildPreview());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addWidget(split, 1);
    m_command = new CommandLine({}, this);
    layout->addWidget(m_command);
    updateCommand();
    showPreview(
        tr("An event needs five facts before it is published"),
        tr("Who sends it, who reads it, how many a day, how large, and for how long they are kept. As you type, "
           "this side shows what it will cost and the lines to write."),
        {});
}

QWidget* RegistrationPane::buildForm()
{
    auto* inner = new QWidget(this);
    auto* form = new QFormLayout;
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setLabelAlignment(Qt::AlignLeft);
    form->setVerticalSpacing(4);
    m_event = line(u"registerEvent"_s, tr("order.shipped"), inner);
    m_team = choice(u"registerTeam"_s, inner);
    m_service = choice(u"registerService"_s, inner);
    m_readers = line(u"registerReaders"_s, tr("payment-team/payment-service, stock-team/stock"), inner);
    m_volume = line(u"registerVolume"_s, tr("100 000"), inner);
    m_bytes = line(u"registerBytes"_s, tr("1200"), inner);
    m_days = line(u"registerDays"_s, tr("7"), inner);
    m_domain = line(u"registerDomain"_s, tr("the name's first word"), inner);
    m_topic = choice(u"registerTopic"_s, inner);
    m_startsSchema = new QCheckBox(tr("Begin its schema, version 1"), inner);
    m_startsSchema->setObjectName(u"registerSchema"_s);
    addRow(form, RegistrationField::Event, tr("Event"), m_event);
    addRow(form, RegistrationField::ProducerTeam, tr("Sent by team"), m_team);
    addRow(form, RegistrationField::ProducerService, tr("Sent by service"), m_service);
    addRow(form, RegistrationField::Consumers, tr("Read by"), m_readers);
    addRow(form, RegistrationField::Volume, tr("Messages a day"), m_volume);
    addRow(form, RegistrationField::PayloadBytes, tr("Bytes of one"), m_bytes);
    addRow(form, RegistrationField::RetentionDays, tr("Kept for days"), m_days);
    form->addRow(tr("Topic"), m_topic);
    form->addRow(tr("Domain"), m_domain);
    form->addRow(QString(), m_startsSchema);
    for (QLineEdit* edit : {m_event, m_readers, m_volume, m_bytes, m_days, m_domain})
        connect(edit, &QLineEdit::textChanged, &m_wait, qOverload<>(&QTimer::start));
    for (QComboBox* box : {m_team, m_service, m_topic})
        connect(box, &QComboBox::editTextChanged, &m_wait, qOverload<>(&QTimer::start));
    connect(m_startsSchema, &QCheckBox::toggled, &m_wait, qOverload<>(&QTimer::start));
    auto* layout = new QVBoxLayout(inner);
    layout->setContentsMargins(0, 0, 8, 0);
    layout->addLayout(form);
    layout->addStretch(1);
    return scrolled(inner, this);
}

PlainTextLabel* RegistrationPane::addRow(QFormLayout* form, RegistrationField field, const QString& label,
                                         QWidget* edit)
{
    auto* box = new QWidget(edit->parentWidget());
    auto* fault = new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, box);
    fault->setWordWrap(true);
    fault->setObjectName(edit->objectName() + u"Fault"_s);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 4);
    column->setSpacing(0);
    column->addWidget(edit);
    column->addWidget(fault);
    edit->setAccessibleName(label);
    form->addRow(label, box);
    m_faults.emplace(field, fault);
    return fault;
}

QWidget* RegistrationPane::buildPreview()
{
    auto* side = new QWidget(this);
    auto* inner = new QWidget(side);
    m_headline = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, inner);
    m_headline->setFont(uiFont(TextSize::Title, true));
    m_headline->setObjectName(u"registerHeadline"_s);
    m_headline->setWordWrap(true);
    m_details = sheetLabel(u"registerDetails"_s, inner);
    m_change = sheetLabel(u"registerChange"_s, inner);
    m_change->setFont(monoFont(TextSize::Small));
    auto* text = new QVBoxLayout(inner);
    text->setContentsMargins(16, 0, 8, 8);
    text->setSpacing(8);
    text->addWidget(m_headline);
    text->addWidget(m_details);
    text->addWidget(m_change);
    text->addStretch(1);
    m_why = new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, side);
    m_why->setObjectName(u"registerWhy"_s);
    m_why->setWordWrap(true);
    m_copy = new QPushButton(tr("Copy the change"), side);
    m_copy->setObjectName(u"registerCopy"_s);
    connect(m_copy, &QPushButton::clicked, this, &RegistrationPane::copyChange);
    m_write = new QPushButton(tr("Write it into the files…"), side);
    m_write->setObjectName(u"registerWrite"_s);
    connect(m_write, &QPushButton::clicked, this, &RegistrationPane::askToApply);
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(16, 0, 0, 0);
    buttons->setSpacing(8);
    buttons->addWidget(m_why, 1);
    buttons->addWidget(m_copy);
    buttons->addWidget(m_write);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scrolled(inner, side), 1);
    layout->addLayout(buttons);
    return side;
}

void RegistrationPane::offerNames(const CatalogPicture& picture)
{
    QStringList teams;
    QStringList services;
    QStringList topics;
    for (const JoinedEvent& event : picture.events()) {
        teams << event.producer.team;
        services << event.producer.service;
        topics << event.topic;
        for (const JoinedConsumer& consumer : event.consumers) {
            teams << consumer.team;
            services << consumer.service;
        }
    }
    offer(m_team, std::move(teams));
    offer(m_service, std::move(services));
    offer(m_topic, std::move(topics));
    const bool hasFolder = !picture.files->sources.workspace.schemasFolder.isEmpty();
    m_startsSchema->setEnabled(hasFolder);
    if (!hasFolder)
        m_startsSchema->setText(tr("Begin its schema: spillway.yaml names no schemas folder"));
}

Registration RegistrationPane::typed() const
{
    return {.eventType = m_event->text().trimmed(),
            .producerTeam = m_team->currentText().trimmed(),
            .producerService = m_service->currentText().trimmed(),
            .consumers = parts(m_readers->text()),
            .volume = wholeNumber<std::int64_t>(m_volume->text()),
            .payloadBytes = wholeNumber<std::int64_t>(m_bytes->text()),
            .retentionDays = typedNumber(m_days->text()),
            .domain = m_domain->text().trimmed(),
            .topic = m_topic->currentText().trimmed(),
            .startsSchema = m_startsSchema->isEnabled() && m_startsSchema->isChecked()};
}

void RegistrationPane::ask()
{
    updateCommand();
    m_load.ask([source = &m_source, wanted = typed()](std::stop_token stop) {
        return source->planRegistration(wanted, stop);
    });
}

void RegistrationPane::showFaults(const std::vector<RegistrationFault>& faults)
{
    for (auto& [field, label] : m_faults)
        label->setText({});
    const auto say = [this](RegistrationField field, const QString& text, bool isMissing) {
        const auto label = m_faults.find(field);
        if (label == m_faults.end() || !label->second->fullText().isEmpty())
            return; // the first of a field is enough
        label->second->setTone(isMissing ? Tone::Neutral : Tone::Warning);
        label->second->setText(text);
    };
    if (isFaulty(m_volume->text(), true))
        say(RegistrationField::Volume, tr("▲ no whole number; write messages a day"), false);
    if (isFaulty(m_bytes->text(), true))
        say(RegistrationField::PayloadBytes, tr("▲ no whole number; write bytes"), false);
    if (isFaulty(m_days->text(), false))
        say(RegistrationField::RetentionDays, tr("▲ no number; write days"), false);
    for (const RegistrationFault& fault : faults)
        say(fault.field, fault.isMissing ? tr("needed") : tr("▲ %1").arg(fault.message), fault.isMissing);
}

void RegistrationPane::showPreview(const QString& headline, const QString& details, const QString& change)
{
    m_headline->setText(headline);
    m_details->setText(details);
    m_change->setText(change);
    const bool isWhole = m_planned && m_planned->change.plan.conflicts.isEmpty() && !change.isEmpty();
    const QString why = isWhole ? m_planned->change.whyNotWritable : QString();
    m_copy->setEnabled(!change.isEmpty());
    m_write->setEnabled(isWhole && why.isEmpty() && !m_apply.isRunning());
    m_why->setText(why.isEmpty() ? QString() : tr("%1. Copy the change and put it into a pull request.").arg(why));
}

void RegistrationPane::showPlan(Result<std::shared_ptr<const PlannedRegistration>> planned)
{
    m_planned.reset();
    if (!planned) {
        showFaults({});
        showPreview(tr("It cannot be registered like this"), planned.error().detail, {});
        return;
    }
    const PlannedRegistration& plan = **planned;
    showFaults(plan.faults);
    if (!plan.faults.empty()) {
        const auto missing = std::count_if(plan.faults.begin(), plan.faults.end(),
                                           [](const RegistrationFault& fault) { return fault.isMissing; });
        QStringList sentences;
        for (const RegistrationFault& fault : plan.faults)
            sentences << (fault.field == RegistrationField::Files ? fault.toString() : fault.message);
        showPreview(missing > 0 ? tr("%1 facts are missing").arg(missing)
                                : tr("%1 facts are wrong").arg(plan.faults.size()),
                    sentences.join(u'\n'), {});
        return;
    }
    m_planned = std::move(*planned);
    const QString headline =
        plan.costPerDay ? tr("Expected cost: %1 %3 a day, %2 %3 a month")
                              .arg(formatMoney(*plan.costPerDay, 2), formatMoney(*plan.costPerMonth, 2), plan.currency)
                        : tr("Its cost is not known: the pricing does not read");
    QStringList details;
    if (plan.costPerDay)
        details << tr("By what stands to the left and the workspace's pricing; all who take part pay it together.");
    for (const CatalogFinding& finding : plan.findings)
        details << u"%1 %2: %3"_s.arg(lintSeverityWord(finding.severity), finding.rule, finding.message);
    if (plan.findings.empty())
        details << tr("Lint finds nothing wrong with it.");
    QString change = changeText(plan.change);
    if (plan.schema)
        change += u"\n\n"_s + tr("%1, new:").arg(plan.schema->path) + u'\n' + QString::fromUtf8(plan.schema->text);
    showPreview(headline, details.join(u'\n'), change);
}

void RegistrationPane::copyChange()
{
    copyText(m_change->fullText());
    Q_EMIT said(tr("The change is in the clipboard"));
}

void RegistrationPane::askToApply()
{
    if (!m_planned)
        return;
    const auto planned = m_planned;
    QStringList files;
    for (const PlannedEdit& edit : planned->change.plan.edits)
        files << placeText(planned->change.sources.workspace.folder, {.file = edit.edit.from.file});
    if (planned->schema)
        files << planned->schema->path;
    files.removeDuplicates();
    const bool isProduction = m_context.data.workspace().environment == Environment::Production;
    ConfirmRequest request{
        .title = tr("Write %1 into the files?").arg(typed().eventType),
        .consequence =
            isProduction ? tr("Only the lines shown are added, and nothing on a broker changes. These are the files of "
                              "a production workspace: let them go through a pull request.")
                         : tr("Only the lines shown are added; comments stay, and nothing on a broker changes."),
        .facts = {{tr("Files"), files.join(u", "_s)}},
        .typeToConfirm = {},
        .asksText = {},
        .asksReason = false,
        .actionText = tr("Write the lines"),
        .commandLine = m_command->line() + u" --apply"_s};
    m_context.prompter.confirm(this, request, [this, planned](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_write->setEnabled(false);
        m_apply.ask([source = &m_source, planned](std::stop_token) { return source->applyRegistration(*planned); });
    });
}

void RegistrationPane::updateCommand()
{
    const Registration wanted = typed();
    QString text = u"spillwayctl catalog register"_s;
    const auto add = [&text](const QString& option, const QString& value) {
        if (!value.isEmpty())
            text += (option.isEmpty() ? QString() : u' ' + option) + u' ' + shellQuoted(value);
    };
    add({}, wanted.eventType);
    add(u"--producer-team"_s, wanted.producerTeam);
    add(u"--producer-service"_s, wanted.producerService);
    for (const QString& consumer : wanted.consumers)
        add(u"--consumer"_s, consumer);
    add(u"--volume"_s, wanted.volume ? QString::number(*wanted.volume) : QString());
    add(u"--payload-bytes"_s, wanted.payloadBytes ? QString::number(*wanted.payloadBytes) : QString());
    add(u"--retention-days"_s, wanted.retentionDays ? QString::number(*wanted.retentionDays) : QString());
    add(u"--topic"_s, wanted.topic);
    add(u"--domain"_s, wanted.domain);
    if (wanted.startsSchema)
        text += u" --start-schema"_s;
    m_command->setLine(text);
}

} // namespace spillway::views
