#pragma once

#include "print/modulepicture.h"
#include "print/pdfcanvas.h"

#include <QString>

#include <variant>
#include <vector>

/// What was asked of a PdfCanvas, kept until it is known which press can print all of it.
namespace parterre::server::print {

struct NextPage
{};

struct Top
{
    qreal top = 0;
};

struct Box
{
    QRectF box;
    QColor color;
    qreal cornerRadius = 0;
};

struct Discs
{
    std::vector<QPointF> middles;
    qreal radius = 0;
    QColor color;
};

struct HalfDisc
{
    QPointF middle;
    qreal radius = 0;
    PdfCanvas::Half half = PdfCanvas::Half::Upper;
    QColor inside;
    QColor outline;
    qreal outlineWidth = 0;
};

struct Dashes
{
    QPointF from;
    QPointF to;
    QColor color;
    qreal width = 0;
    qreal dash = 0;
};

struct Modules
{
    QRectF box;
    ModulePicture picture;
};

struct Words
{
    QPointF baseline;
    QString words;
    QFont font;
    QColor color;
    qreal widthMax = 0;
};

using Step = std::variant<NextPage, Top, Box, Discs, HalfDisc, Dashes, Modules, Words>;

struct Document
{
    qreal width = 0; ///< Of each page.
    qreal height = 0;
    QString title;
    std::vector<Step> steps;
};

} // namespace parterre::server::print
