// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cost/invoicepanel.h"

#include "model/base/shelltext.h"
#include "views/cost/costcolumns.h"
#include "views/cost/costwords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/prompter.h"
#include "views/widgets/statepane.h"
#include "views/widgets/tableview.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

Money totalOf(const Invoice& invoice)
{
    Money sum;
    for (const InvoiceLine& line : invoice.lines)
        sum += line.amount;
    return sum;
}

QString dayOf(UtcTime at)
{
    return QDateTime::fromMSecsSinceEpoch(toMs(at), Qt::UTC).date().toString(Qt::ISODate);
}

std::vector<ColumnSpec> invoiceColumns(const RowTable<Invoice, QString>& table)
{
    ColumnSpec file = textColumn(0, InvoicePanel::tr("File"), 240,
                                 [&table](const QModelIndex& index) { return table.at(index).name; });
    file.stretches = true;
    return {file,
            textColumn(1, InvoicePanel::tr("Days"), 190,
                       [&table](const QModelIndex& index) { return invoiceDays(table.at(index)); }),
            textColumn(2, InvoicePanel::tr("Profile"), 120,
                       [&table](const QModelIndex& index) { return table.at(index).profile; }),
            textColumn(3, InvoicePanel::tr("Format"), 90,
                       [&table](const QModelIndex& index) { return table.at(index).format; }),
            textColumn(4, InvoicePanel::tr("Kept"), 96,
                       [&table](const QModelIndex& index) { return dayOf(table.at(index).importedAt); }),
            textColumn(5, InvoicePanel::tr("By"), 120,
                       [&table](const QModelIndex& index) { return table.at(index).importedBy; }),
            amountColumn(
                6, InvoicePanel::tr("Amount"), [&table](const QModelIndex& index) { return totalOf(table.at(index)); },
                2, false),
            textColumn(7, InvoicePanel::tr("Currency"), 76,
                       [&table](const QModelIndex& index) { return table.at(index).currency; })};
}

std::vector<ColumnSpec> chargeColumns(const RowTable<InvoiceLine, QString>& table)
{
    ColumnSpec label = textColumn(0, InvoicePanel::tr("Charge, in the provider's words"), 260,
                                  [&table](const QModelIndex& index) { return table.at(index).label; });
    label.stretches = true;
    return {label,
            textColumn(1, InvoicePanel::tr("Counts as"), 180,
                       [&table](const QModelIndex& index) {
                           const InvoiceLine& line = table.at(index);
                           if (line.component)
                               return componentText(*line.component);
                           return line.isTotal ? InvoicePanel::tr("several together")
                                               : InvoicePanel::tr("none of ours: adjustment");
                       }),
            textColumn(2, InvoicePanel::tr("From"), 96,
                       [&table](const QModelIndex& index) { return table.at(index).first.toString(Qt::ISODate); }),
            textColumn(3, InvoicePanel::tr("To"), 96,
                       [&table](const QModelIndex& index) { return table.at(index).last.toString(Qt::ISODate); }),
            amountColumn(
                4, InvoicePanel::tr("Amount"), [&table](const QModelIndex& index) { return table.at(index).amount; }, 2,
                false)};
}

} // namespace

InvoicePanel::InvoicePanel(CostSource& source, Prompter& prompter, QWidget* parent)
    : QWidget(parent)
    , m_source(source)
    , m_prompter(prompter)
    , m_invoices(8, [](const Invoice& invoice) { return invoice.digest + u'\n' + invoice.profile; })
    , m_lines(5,
              [](const InvoiceLine& line) {
                  return line.first.toString(Qt::ISODate) + line.last.toString(Qt::ISODate) + u'\n' + line.label;
              })
    , m_load([this](Result<std::vector<Invoice>> invoices) { showInvoices(std::move(invoices)); })
    , m_preview([this](Result<InvoicePreview> preview) { showPreview(std::move(preview)); })
    , m_import([this](Result<bool> isNew) {
        if (!isNew) {
            Q_EMIT said(tr("The invoice was not kept: %1").arg(isNew.error().detail));
            return;
        }
        Q_EMIT said(*isNew ? tr("The invoice is kept; bills of its months are calibrated by it")
                           : tr("It was kept before; nothing changed"));
        discard();
        ask(m_request);
        if (*isNew)
            Q_EMIT imported();
    })
{
    m_title = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, this);
    m_title->setObjectName(u"invoicesTitle"_s);
    m_title->setWordWrap(true);
    m_open = new QPushButton(tr("Look at an invoice…"), this);
    m_open->setObjectName(u"invoiceOpen"_s);
    connect(m_open, &QPushButton::clicked, this, &InvoicePanel::chooseFile);
    m_view = new TableView(u"cost-invoices"_s, prompter, this);
    m_view->setObjectName(u"costInvoices"_s);
    m_view->setAccessibleName(tr("Invoices that were kept"));
    m_view->show(&m_invoices, invoiceColumns(m_invoices));
    connect(m_view, &TableView::currentRowChanged, this, &InvoicePanel::showLines);
    m_lineTitle = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, this);
    m_lineTitle->setObjectName(u"invoiceLineTitle"_s);
    m_lineTitle->setWordWrap(true);
    m_fault = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_fault->setObjectName(u"invoiceFault"_s);
    m_fault->setTone(Tone::Critical);
    m_fault->setWordWrap(true);
    m_fault->setSelectable(true);
    m_fault->hide();
    m_lineView = new TableView(u"cost-charges"_s, prompter, this);
    m_lineView->setObjectName(u"costCharges"_s);
    m_lineView->setAccessibleName(tr("Charges of the invoice"));
    m_lineView->show(&m_lines, chargeColumns(m_lines));
    for (TableView* view : {m_view, m_lineView})
        connect(view, &TableView::exportFailed, this, &InvoicePanel::said);
    m_keep = new QPushButton(tr("Keep this invoice"), this);
    m_keep->setObjectName(u"invoiceKeep"_s);
    m_discard = new QPushButton(tr("Leave it"), this);
    m_discard->setObjectName(u"invoiceDiscard"_s);
    connect(m_keep, &QPushButton::clicked, this, &InvoicePanel::keep);
    connect(m_discard, &QPushButton::clicked, this, &InvoicePanel::discard);
    m_keep->hide();
    m_discard->hide();
    auto* top = new QHBoxLayout;
    top->addWidget(m_title, 1);
    top->addWidget(m_open);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(8);
    bottom->addWidget(m_lineTitle, 1);
    bottom->addWidget(m_discard);
    bottom->addWidget(m_keep);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 12, 0, 0);
    layout->setSpacing(8);
    auto* content = new QWidget(this);
    auto* inner = new QVBoxLayout(content);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(8);
    inner->addWidget(m_view, 1);
    inner->addLayout(bottom);
    inner->addWidget(m_fault);
    inner->addWidget(m_lineView, 1);
    m_pane = new StatePane(content, this);
    m_pane->setObjectName(u"invoicePane"_s);
    m_command = new CommandLine(u"spillwayctl cost invoice list"_s, this);
    m_command->setObjectName(u"invoiceCommand"_s);
    layout->addLayout(top);
    layout->addWidget(m_pane, 1);
    layout->addWidget(m_command);
}

void InvoicePanel::ask(const CostRequest& request)
{
    m_request = request;
    m_load.ask([&source = m_source](std::stop_token stop) { return source.invoices(stop); });
}

void InvoicePanel::chooseFile()
{
    m_prompter.chooseOpenFile(
        this, tr("Look at an invoice"), tr("FOCUS CSV, AWS CUR CSV, Confluent JSON, plain CSV (*.csv *.json)"),
        [this](const QString& file) {
            if (file.isEmpty())
                return;
            m_preview.ask([&source = m_source, file, profile = m_request.profile](std::stop_token stop) {
                return source.previewInvoice(file, profile, stop);
            });
        });
}

void InvoicePanel::showInvoices(Result<std::vector<Invoice>> invoices)
{
    if (!invoices) {
        m_title->setText(tr("Invoices could not be read: %1").arg(invoices.error().detail));
        m_pane->showFailure(tr("Invoices could not be read"), invoices.error());
        return;
    }
    QStringList profiles;
    for (const Invoice& invoice : *invoices) {
        if (!profiles.contains(invoice.profile))
            profiles += invoice.profile;
    }
    // which may not be the profile that the bill above is of
    m_title->setText(invoices->empty() ? tr("No invoice was kept yet: bills are as the profile's rates say")
                     : invoices->size() == 1
                         ? tr("1 invoice calibrates the bills of its months by profile %1").arg(profiles.first())
                         : tr("%1 invoices calibrate the bills of their months, by profile %2")
                               .arg(QString::number(invoices->size()), profiles.join(u", "_s)));
    m_invoices.apply(std::move(*invoices));
    if (!m_view->currentSource().isValid() && m_view->model()->rowCount() > 0)
        m_view->setCurrentIndex(m_view->model()->index(0, 0));
    showLines();
}

void InvoicePanel::showPreview(Result<InvoicePreview> preview)
{
    m_fault->setVisible(!preview);
    if (!preview) {
        discard();
        m_fault->setText(preview.error().detail);
        m_fault->show();
        m_lineTitle->setText(tr("The file is no invoice that can be kept"));
        m_lines.replace({});
        showPane();
        return;
    }
    m_shown = std::move(*preview);
    m_keep->setVisible(!m_shown->known);
    m_discard->show();
    m_lineTitle->setText(previewText(*m_shown));
    m_lines.replace(m_shown->invoice.lines);
    showPane();
    if (!m_shown->known)
        m_keep->setFocus();
}

/// Nothing was kept and nothing is looked at: what invoices are good for stands where they would be.
void InvoicePanel::showPane()
{
    const bool isKept = m_invoices.rowCount() > 0;
    const bool isLooking = m_shown || !m_fault->isHidden();
    m_view->setVisible(isKept);
    m_open->setVisible(isKept || isLooking);
    m_command->setLine(m_shown ? u"spillwayctl cost invoice import "_s + shellQuoted(m_shown->invoice.name) +
                                     u" --profile "_s + shellQuoted(m_shown->invoice.profile)
                               : u"spillwayctl cost invoice list"_s);
    if (isKept || isLooking) {
        m_pane->showContent();
        return;
    }
    m_pane->showEmpty(
        tr("What did the provider bill?"),
        tr("An invoice makes the bills of its months add up to what was paid: each component gets a factor, "
           "and what is left stands as an adjustment. Read are FOCUS CSV, AWS CUR CSV, Confluent's costs as "
           "JSON, and a plain CSV with from, to, component, amount, currency."),
        {tr("Look at an invoice…"), [this] { chooseFile(); }});
}

void InvoicePanel::showLines()
{
    showPane();
    if (m_shown)
        return;
    const QModelIndex index = m_view->currentSource();
    if (!index.isValid() || index.row() >= m_invoices.rowCount()) {
        m_lineTitle->setText({});
        m_lines.replace({});
        return;
    }
    const Invoice& invoice = m_invoices.at(index);
    m_lineTitle->setText(tr("%1: %2 %3").arg(invoice.name, moneyText(totalOf(invoice), 2), invoice.currency));
    m_lines.replace(invoice.lines);
}

void InvoicePanel::discard()
{
    m_shown.reset();
    m_keep->hide();
    m_discard->hide();
    m_fault->hide();
    showLines();
}

void InvoicePanel::keep()
{
    if (!m_shown || m_shown->known)
        return;
    m_import.ask([&source = m_source, invoice = m_shown->invoice](std::stop_token stop) {
        return source.importInvoice(invoice, stop);
    });
}

} // namespace spillway::views
